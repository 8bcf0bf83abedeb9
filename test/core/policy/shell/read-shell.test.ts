import { expect, test } from "vitest";
import { readShell } from "../../../../src/core/policy/shell/read-shell.ts";

test("P5: a text that is not bash is unreadable", () => {
  expect(readShell('cat "unterminated', { cwd: "/w", env: {} })).toMatchObject({ kind: "unreadable" });
});

test("P5: commands come flat and in order", () => {
  const reading = readShell("cd /a && cat 'b c' > d; ls", { cwd: "/w", env: {} });
  expect(reading).toMatchObject({ kind: "read", commands: [{ program: "cd" }, { program: "cat" }, { program: "ls" }] });
});
