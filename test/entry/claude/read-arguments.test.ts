import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readArguments } from "../../../src/entry/claude/read-arguments.ts";
import { readSeed } from "../../support/read-seed.ts";

const harmless = [
  [],
  ["/mos:start"],
  ["-p", "what is open?"],
  ["--continue", "--model", "opus"],
  ["--resume", "0f0e", "--fork-session"],
  ["-r"],
  ["--model=opus", "-p", "/mos:status", "--output-format", "stream-json", "--verbose"],
  ["--permission-mode", "plan"],
];

const hostile = [
  ["--bare"],
  ["--safe-mode"],
  ["--settings", "{}"],
  ["--settings={}"],
  ["--setting-sources", "user"],
  ["--dangerously-skip-permissions"],
  ["--allow-dangerously-skip-permissions"],
  ["--permission-mode", "bypassPermissions"],
  ["--permission-mode=acceptEdits"],
  ["--permission-mode=auto"],
  ["--permission-mode"],
  ["--tools", "default"],
  ["--allowedTools", "Bash"],
  ["--allowed-tools=Bash"],
  ["--disallowedTools", ""],
  ["--mcp-config", "{}"],
  ["--plugin-dir", "/tmp/x"],
  ["--plugin-url", "http://x"],
  ["--add-dir", "/"],
  ["--agents", "{}"],
  ["--agent", "x"],
  ["--system-prompt", "x"],
  ["--append-system-prompt", "x"],
  ["--ide"],
  ["--chrome"],
  ["--worktree"],
  ["-w"],
  ["--bg", "do it now"],
  ["--cloud", "do it now"],
  ["--teleport"],
  ["--remote-control"],
  ["--debug-file", "/tmp/x"],
  ["--model", "--bare"],
  ["--model=--bare"],
  ["--resume", "x", "--bare"],
  ["--verbose=--bare"],
  ["-pc"],
  ["--Bare"],
  ["--print=x"],
  ["--"],
  ["--__proto__"],
  ["--constructor", "x"],
  // The client's own commands.
  ["mcp"],
  ["plugin"],
  ["update"],
  ["-p", "install"],
  ["one prompt", "another prompt"],
];

describe("M10: what mos claude gives to claude", () => {
  test.each(harmless.map((words) => [words]))("M10: %j goes on", (words) => {
    const given = readArguments(words);
    expect(given.join(" ").replaceAll("=", " ")).toBe(words.join(" ").replaceAll("=", " "));
  });

  test.each(hostile.map((words) => [words]))("M10: %j is refused", (words) => {
    expect(() => readArguments(words)).toThrow(expect.objectContaining({ code: "usage", exit: 2 }));
  });

  const seed = readSeed();
  test(`M10: whatever is given, what goes on is known options, their values and one sentence (seed ${seed})`, () => {
    const known = harmless.flat();
    const word = fc.oneof(fc.constantFrom(...known, ...hostile.flat()), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        let given: string[];
        try {
          given = readArguments(words);
        } catch (error) {
          expect(error).toMatchObject({ code: "usage" });
          return;
        }
        const options = given.filter((one) => one.startsWith("-"));
        expect(options.filter((one) => /bare|safe|dangerous|settings?|tools|mcp|plugin|agent|system|dir|=/i.test(one))).toEqual([]);
        // As a mode. As another option's value it is a word like others: a model of that name.
        expect(given.filter((one, at) => one === "bypassPermissions" && given[at - 1] === "--permission-mode")).toEqual([]);
        expect(given).not.toContain("--");
      }),
      { seed, numRuns: 2000 },
    );
  });
});
