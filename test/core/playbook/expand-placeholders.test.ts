import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expandCommand, expandPaths, expandText } from "../../../src/core/playbook/expand-placeholders.ts";
import { findUnsafePlaceholder } from "../../../src/core/playbook/find-unsafe-placeholder.ts";
import { isInsideTouches } from "../../../src/core/schedule/is-inside-touches.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

const hostile = [
  "a b",
  "it's",
  '"',
  "$(touch pwned)",
  "`touch pwned`",
  "; touch pwned",
  "-rf",
  "a\nb",
  "\\",
  "$HOME",
  "*",
  "",
  "é\u{1f4a9}",
  "{{x}}",
  "!!",
  "~",
];

const words = (cwd: string, command: string): string[] =>
  execFileSync("sh", ["-c", command], { cwd, encoding: "utf8" }).split("\0").slice(0, -1);

test("PB7: a value is one word for the shell, whatever is in it; a list is one word for each text", () => {
  const { path, remove } = makeTemporaryFolder();
  try {
    expect(words(path, expandCommand("printf '%s\\0' {{x}}", { x: hostile }))).toEqual(hostile);
    expect(readdirSync(path)).toEqual([]);
  } finally {
    remove();
  }
});

test("PB7: the same of any text that a shell can be given", () => {
  const { path, remove } = makeTemporaryFolder();
  try {
    const text = fc.string({ unit: "binary", maxLength: 30 }).filter((value) => !value.includes("\0") && !/\p{Surrogate}/u.test(value));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (values) => {
        expect(words(path, expandCommand("printf '%s\\0' {{x}}", { x: values }))).toEqual(values);
      }),
      { numRuns: 60 },
    );
  } finally {
    remove();
  }
});

test("PB6: a placeholder without a value is an error that names it and what there is", () => {
  expect(() => expandCommand("cat {{pth}}", { path: "a" })).toThrow("{{pth}} has no value");
  expect(() => expandCommand("cat {{toString}}", { path: "a" })).toThrow("{{toString}} has no value");
});

test("PB7: a NUL cannot be passed to a command", () => {
  expect(() => expandCommand("cat {{path}}", { path: "a\0b" })).toThrow("NUL");
});

test("PB12: touches are one for each value, and what a glob would read in a name stands for one character", () => {
  const paths = ["docs/[id].md", "a{1}.md", "what?.md", "star*.md", "plain.md"];
  const touches = expandPaths("{{path}}", { path: paths });
  expect(touches).toHaveLength(paths.length);
  for (const path of paths) expect(isInsideTouches(path, touches), path).toBe(true);
  for (const path of ["docs/i.md", "starred/x.md", "stars/and/more.md", "a1.md"]) expect(isInsideTouches(path, touches), path).toBe(false);
  expect(expandPaths("notes/{{a}}-{{b}}.md", { a: ["1", "2"], b: "x" })).toEqual(["notes/1-x.md", "notes/2-x.md"]);
});

test("PB13: a text for people shows three values of a list, in one line, bounded", () => {
  expect(expandText("Mend {{path}}", { path: ["a", "b\u001b[31m\n", "c", "d", "e"] }, 200)).toBe("Mend a, b?[31m?, c and 2 more");
  expect(expandText("{{x}}", { x: "y".repeat(500) }, 20)).toHaveLength(20);
});

test.each([
  ["mos-chore fix x -- {{path}}", true],
  ["mos-chore fix x --file={{path}} -- {{id}}", true],
  ["echo 'quoted' {{path}} \"quoted\"", true],
  ["echo it\\'s {{path}}", true],
  ["echo $(cat {{path}})", true],
  ["echo '{{path}}'", false],
  ['echo "{{path}}"', false],
  ["echo `cat {{path}}`", false],
  ["echo \\{{path}}", false],
  [`echo ${"$"}{{path}}`, false],
  ["cat <<END\n{{path}}\nEND", false],
])("PB7: %s", (command, safe) => {
  expect(findUnsafePlaceholder(command) === undefined).toBe(safe);
});
