import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { editConfig, openConfigFile } from "../../../src/adapter/workspace/edit-config.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

let place: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  place = makeTemporaryFolder("mos-edit-");
  writeFileSync(join(place.path, "mos.yaml"), text);
});
afterEach(() => place.remove());

const text = `# yaml-language-server: $schema=.mos/schema/mos.schema.json
# Mine.
version: 1   # the only one

domains:
  # Loud.
  music:
    prefix: MUS   # not MUC
    home:
      path: "music lab"  # kept
      checks:
        # slow
        - { name: test, run: "npm test", kind: test }
        - name: lint
          run: |
            set -e
            npm run lint
          kind: lint
  # Quiet.
  agency: { prefix: AGE, home: { path: agency } }

limits: # mind the heat
  maxParallel: 2
# The end.
`;
const now = () => readFileSync(join(place.path, "mos.yaml"), "utf8");

describe("an edit", () => {
  test("W5: adds what it adds, and every other line stays as it was", async () => {
    const workspace = await editConfig(place.path, (draft) => draft.set(["domains", "job"], { prefix: "JOB", home: { path: "job" } }));
    expect(workspace.domains.map(({ name }) => name)).toEqual(["music", "agency", "job"]);
    const added = ["  job:", "    prefix: JOB", "    home:", "      path: job", ""].join("\n");
    expect(now()).toBe(text.replace("home: { path: agency } }\n", `home: { path: agency } }\n${added}`));
  });

  test("W5: changes a value beside its comment, and removes", async () => {
    await editConfig(place.path, (draft) => {
      draft.set(["limits", "maxParallel"], 8);
      draft.set(["domains", "music", "prefix"], "MSC");
      draft.remove(["domains", "agency"]);
    });
    expect(now()).toBe(
      text
        .replace("maxParallel: 2", "maxParallel: 8")
        .replace("MUS ", "MSC ")
        .replace("  agency: { prefix: AGE, home: { path: agency } }\n", ""),
    );
  });

  test("W5: a flow map that grows is written anew, alone", async () => {
    await editConfig(place.path, (draft) => draft.set(["domains", "agency", "home", "knowledgeOnly"], true));
    expect(now()).toBe(text.replace("home: { path: agency } }", "home: { path: agency, knowledgeOnly: true } }"));
  });

  test("W5: what cannot be spliced is rendered anew, comments and order kept", async () => {
    await editConfig(place.path, (draft) => draft.set(["domains", "music", "home"], { path: "elsewhere" }));
    expect(now()).toMatch(/home:\n {6}path: elsewhere\n/);
    const kept = text.replace(/ {2}# kept/, "").replace(/ +# slow\n/, "");
    for (const comment of kept.match(/#.*/g) as string[]) expect(now()).toContain(comment);
    expect(now().indexOf("music:")).toBeLessThan(now().indexOf("agency:"));
  });

  test.each([
    [
      "an empty flow map",
      "version: 1\ndomains: {}\n# end\n",
      "version: 1\ndomains:\n  a:\n    prefix: AAA\n    home:\n      path: a\n# end\n",
    ],
    ["no map at all", "version: 1\n", "version: 1\ndomains:\n  a:\n    prefix: AAA\n    home:\n      path: a\n"],
    [
      "deeper comments below the last key",
      "version: 1\ndomains:\n    b:\n        prefix: BBB\n        home: { path: b }\n        # sealed: true\n\n# end\n",
      "version: 1\ndomains:\n    b:\n        prefix: BBB\n        home: { path: b }\n        # sealed: true\n    a:\n        prefix: AAA\n        home:\n            path: a\n\n# end\n",
    ],
    [
      "no newline at the end",
      "version: 1\ndomains:\n  b: { prefix: BBB, home: { path: b } }",
      "version: 1\ndomains:\n  b: { prefix: BBB, home: { path: b } }\n  a:\n    prefix: AAA\n    home:\n      path: a\n",
    ],
    [
      "a block text as the last value",
      "version: 1\ndomains:\n  b:\n    prefix: BBB\n    home:\n      path: b\n      setup: |\n        one\n        two\n\nlimits: {}\n",
      "version: 1\ndomains:\n  b:\n    prefix: BBB\n    home:\n      path: b\n      setup: |\n        one\n        two\n  a:\n    prefix: AAA\n    home:\n      path: a\n\nlimits: {}\n",
    ],
  ])("W5: a domain goes in below %s", async (_, before, after) => {
    writeFileSync(join(place.path, "mos.yaml"), before);
    await editConfig(place.path, (draft) => draft.set(["domains", "a"], { prefix: "AAA", home: { path: "a" } }));
    expect(now()).toBe(after);
  });

  test("W5: an edit that changes nothing leaves the file byte for byte", async () => {
    await editConfig(place.path, () => {});
    expect(now()).toBe(text);
  });

  test("W5: what would not be valid is refused with its place, and the file stays", async () => {
    await expect(
      editConfig(place.path, (draft) => draft.set(["domains", "job"], { prefix: "MUS", home: { path: "job" } })),
    ).rejects.toMatchObject({
      code: "config-invalid",
      message: expect.stringMatching(/^mos\.yaml:\d+:\d+: domains\.job\.prefix: 'MUS' is the prefix of 'music' too/),
    });
    expect(now()).toBe(text);
  });

  test("W5: a broken file is not edited", async () => {
    writeFileSync(join(place.path, "mos.yaml"), "version: 1\ndomains: [\n");
    await expect(editConfig(place.path, (draft) => draft.set(["limits"], {}))).rejects.toMatchObject({ code: "config-invalid" });
    expect(now()).toBe("version: 1\ndomains: [\n");
  });

  test("W5: what an editor wrote meanwhile is left, and that is said", async () => {
    const edit = editConfig(place.path, (draft) => {
      draft.set(["limits", "maxParallel"], 3);
      writeFileSync(join(place.path, "mos.yaml"), `${text}# theirs\n`);
    });
    await expect(edit).rejects.toMatchObject({ code: "config-changed" });
    expect(now()).toBe(`${text}# theirs\n`);
  });

  test("W5: a failing change leaves the file and no lock", async () => {
    const edit = editConfig(place.path, (draft) => {
      draft.set(["limits", "maxParallel"], 3);
      throw new Error("half way");
    });
    await expect(edit).rejects.toThrow("half way");
    expect(now()).toBe(text);
    expect(readdirSync(join(place.path, ".mos"))).not.toContain("config.lock");
  });

  test("W10: the schemas lie where the file's first line points", async () => {
    await editConfig(place.path, () => {});
    expect(JSON.parse(readFileSync(join(place.path, ".mos/schema/mos.schema.json"), "utf8")).title).toContain("mos.yaml");
  });
});

describe("two editors", () => {
  test("W5: twelve edits at once all arrive", async () => {
    const file = openConfigFile(place.path);
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        file.edit((draft) => draft.set(["domains", `d${at}`], { prefix: `D${at}`, home: { path: `d${at}` } })),
      ),
    );
    expect((await file.load()).domains).toHaveLength(14);
  });

  test("W5: the lock of a process that was killed is taken over, once", async () => {
    const lock = join(place.path, ".mos", "config.lock");
    mkdirSync(join(place.path, ".mos"));
    const child = spawn("sleep", ["60"]);
    writeFileSync(lock, JSON.stringify({ pid: child.pid, start: "", token: "dead" }));
    child.kill("SIGKILL");
    await once(child, "exit");
    const file = openConfigFile(place.path);
    await Promise.all(
      [1, 2, 3, 4].map((at) => file.edit((draft) => draft.set(["limits", "reworks"], Math.max(at, draft.config.limits.reworks)))),
    );
    expect((await file.load()).config.limits.reworks).toBe(4);
    expect(readdirSync(join(place.path, ".mos"))).toEqual(["schema"]);
  });

  test("W5: what a process left that was killed while it waited goes, too", async () => {
    const child = spawn("sleep", ["60"]);
    child.kill("SIGKILL");
    await once(child, "exit");
    mkdirSync(join(place.path, ".mos"));
    writeFileSync(join(place.path, ".mos", `config.lock.${child.pid}.${randomUUID()}`), "");
    await editConfig(place.path, () => {});
    expect(readdirSync(join(place.path, ".mos"))).toEqual(["schema"]);
  });

  test("W5: a recycled process id is not taken for the holder", async () => {
    mkdirSync(join(place.path, ".mos"));
    writeFileSync(join(place.path, ".mos", "config.lock"), JSON.stringify({ pid: process.pid, start: "1", token: "older" }));
    await editConfig(place.path, (draft) => draft.set(["limits", "reworks"], 5));
    expect(now()).toContain("reworks: 5");
  });

  test("W5: a holder that lives is waited for, then named", async () => {
    mkdirSync(join(place.path, ".mos"));
    const lock = join(place.path, ".mos", "config.lock");
    const child = spawn("sleep", ["60"]);
    try {
      writeFileSync(lock, JSON.stringify({ pid: child.pid, start: "", token: "alive" }));
      const error = await editConfig(place.path, (draft) => draft.set(["limits", "reworks"], 5), { waitMs: 200 }).catch((caught) => caught);
      expect(error).toMatchObject({
        code: "config-busy",
        message: expect.stringContaining(String(child.pid)),
        hint: expect.stringContaining(lock),
      });
      expect(existsSync(lock)).toBe(true);
      expect(now()).toBe(text);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
