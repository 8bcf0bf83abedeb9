import { afterEach, beforeEach, expect, test } from "vitest";
import { loadPlaybooks } from "../../../src/adapter/playbook/load-playbooks.ts";
import { MosError } from "../../../src/contract/error.ts";
import { makeTemporaryFolder, writeFiles } from "../../support/make-repository.ts";

let root: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  root = makeTemporaryFolder("mos-playbooks-");
});
afterEach(() => root.remove());

const good = (id: string) => `id: ${id}
title: Mine
detect: ./bin/look
decide:
  question: Do it?
  options:
    - id: do
      label: Do it
      tickets:
        - title: Do it
          touches: ["{{file}}"]
          run: ["./bin/do -- {{file}}"]
          accept: [{ text: it is done, run: "./bin/look" }]
    - id: leave
      label: Leave it
`;

const load = async (files: Readonly<Record<string, string>>) => {
  writeFiles(root.path, files);
  return loadPlaybooks(root.path);
};

const refusal = async (text: string): Promise<MosError> => {
  const error = await load({ "playbooks/mine.yaml": text }).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof MosError)) throw new Error(`not refused: ${String(error)}`);
  return error;
};

test("PB4: the operator's own playbooks stand beside the built-in ones; one of the same id takes its place, and that is said", async () => {
  const { playbooks, notes } = await load({
    "playbooks/mine.yaml": good("mine"),
    "playbooks/links.yml": good("broken-links"),
    "playbooks/README.md": "no playbook",
  });
  expect(playbooks.map(({ id }) => id)).toContain("mine");
  expect(playbooks.find(({ id }) => id === "broken-links")?.title).toBe("Mine");
  expect(playbooks.filter(({ id }) => id === "broken-links")).toHaveLength(1);
  expect(notes).toEqual(["playbooks/links.yml takes the place of the built-in playbook broken-links."]);
});

test("PB4: without a folder of their own the built-in ones are there, and nothing is to be said", async () => {
  const { playbooks, notes } = await loadPlaybooks(root.path);
  expect(playbooks.length).toBeGreaterThan(6);
  expect(notes).toEqual([]);
});

test("PB4: two of the operator's playbooks may not share an id", async () => {
  await expect(load({ "playbooks/a.yaml": good("mine"), "playbooks/b.yaml": good("mine") })).rejects.toMatchObject({
    code: "playbook-invalid",
    message: expect.stringContaining("playbooks/b.yaml"),
  });
});

test("PB5: a wrong key is refused with file, line and what was probably meant", async () => {
  const error = await refusal(good("mine").replace("          touches:", "          touchs:"));
  expect(error.code).toBe("playbook-invalid");
  expect(error.message).toMatch(/playbooks\/mine\.yaml:11:\d+: decide\.options\[0\]\.tickets\[0\]: unknown key 'touchs'/);
  expect(error.message).toContain("touches: is missing");
  expect(error.hint).toContain("touches");
});

test("PB5: a file that is no YAML is refused with its line", async () => {
  const error = await refusal("id: mine\n  title: [");
  expect(error.code).toBe("playbook-invalid");
  expect(error.message).toMatch(/^playbooks\/mine\.yaml:\d+:\d+: /);
});

test("PB5: a built-in chore that does not exist is refused with its nearest name", async () => {
  const error = await refusal(good("mine").replace("./bin/look", "mos-chore find broken-link").replaceAll("{{file}}", "{{path}}"));
  expect(error.message).toContain("there is no chore 'broken-link'");
  expect(error.hint).toBe("Did you mean 'broken-links'?");
});

test("PB6: a placeholder that nothing fills is refused where that can be known", async () => {
  const known = await refusal(good("mine").replace("./bin/look", "mos-chore find broken-links").replaceAll("{{file}}", "{{pth}}"));
  expect(known.message).toMatch(/:11:\d+: decide\.options\[0\]\.tickets\[0\]\.touches\[0\]: \{\{pth\}\} is filled by nothing/);
  expect(known.hint).toBe("Did you mean {{path}}?");
  const declared = await refusal(good("mine").replace("detect:", "values: [name]\ndetect:"));
  expect(declared.message).toContain("{{file}} is filled by nothing");
});

test.each([
  ["'{{file}}'", "inside quotes"],
  ['"{{file}}"', "inside quotes"],
  ["`echo {{file}}`", "inside backquotes"],
  ["\\\\{{file}}", "after a backslash"],
  ["$\\{{file}}", "after a backslash"],
])("PB7: in a command a placeholder is one word of its own: %s is refused", async (word, reason) => {
  const text = good("mine").replace(
    '["./bin/do -- {{file}}"]',
    `\n            - |-\n              ./bin/do -- ${word.replaceAll("\\\\", "\\")}`,
  );
  expect((await refusal(text)).message).toContain(reason);
});

test("PB7: a here-document with placeholders is refused", async () => {
  const text = good("mine").replace(
    '["./bin/do -- {{file}}"]',
    "\n            - |-\n              cat <<END\n              {{file}}\n              END",
  );
  expect((await refusal(text)).message).toContain("here-document");
});
