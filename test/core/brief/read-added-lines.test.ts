import { expect, test } from "vitest";
import { readAddedLines } from "../../../src/core/brief/read-added-lines.ts";

test("S4: the first added line with words of each file, at its place in the new file", () => {
  const diff = [
    "diff --git a/a.md b/a.md",
    "--- a/a.md",
    "+++ b/a.md",
    "@@ -1,3 +1,4 @@",
    " one",
    "-two",
    "+",
    "+++ b/liar.md",
    " three",
    "@@ -40,0 +41,1 @@",
    "+late",
    "diff --git a/gone.md b/gone.md",
    "--- a/gone.md",
    "+++ /dev/null",
    "@@ -1,2 +0,0 @@",
    "-a",
    "-b",
    "diff --git a/new file.md b/new file.md",
    "--- /dev/null",
    "+++ b/new file.md\t",
    "@@ -0,0 +1 @@",
    "+hello",
    "\\ No newline at end of file",
    "",
  ].join("\n");
  expect(readAddedLines(diff)).toEqual([
    { path: "a.md", line: 3, text: "++ b/liar.md" },
    { path: "new file.md", line: 1, text: "hello" },
  ]);
});
