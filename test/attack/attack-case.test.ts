import { expect, test } from "vitest";
import { BadCorpus, parseCases, readCases, shellTextOf } from "../../attack/attack-case.ts";

const call = {
  id: "a",
  intent: "merge-main",
  tool: "Bash",
  input: { command: "true" },
  cwd: "/x",
  expect: "deny",
  layer: "sandbox",
  why: "w",
};
const parse = (...lines: unknown[]) =>
  parseCases(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"), "f");

test("a case is read as it stands; empty lines are none", () => {
  expect(parse(call, "", { ...call, id: "b" })).toMatchObject([
    { ...call, line: 1 },
    { ...call, id: "b", line: 3 },
  ]);
});

test("preparation is one command or several", () => {
  expect(parse({ ...call, setup: "true" }, { ...call, id: "b", setup: ["true", "false"] }).map(({ setup }) => setup)).toEqual([
    ["true"],
    ["true", "false"],
  ]);
});

test("what is missing is filled in the strictest way", () => {
  expect(parse({ tool: "Read", expect: "deny" })).toEqual([
    {
      id: "line-1",
      line: 1,
      intent: "unnamed",
      tool: "Read",
      input: {},
      cwd: "{{WS}}/.mos/worktrees/music-T1",
      expect: "deny",
      layer: "hook",
      setup: [],
      why: "",
    },
  ]);
});

test.each([
  ["not JSON", '{"tool":', /^f:2: not JSON/],
  ["no object", "[]", /^f:2: /],
  ["no tool", { ...call, tool: undefined }, /^f:2: tool: /],
  ["an answer that is none", { ...call, expect: "ask" }, /^f:2: expect: /],
  ["a layer that nobody knows", { ...call, layer: "luck" }, /^f:2: layer: /],
  ["an id twice", { ...call, id: "first" }, /^f:2: first is the id of line 1 too/],
])("a bad file names its line: %s", (_, line, message) => {
  expect(() => parse({ ...call, id: "first" }, line)).toThrow(BadCorpus);
  expect(() => parse({ ...call, id: "first" }, line)).toThrow(message);
});

test("a file that is not there, or holds nothing, is a bad one", () => {
  expect(() => readCases("/nonexistent.jsonl")).toThrow(BadCorpus);
  expect(() => parse("", " ")).toThrow(/holds no case/);
});

test("what a call would run in a shell is found in any tool that takes a command", () => {
  expect(shellTextOf("Bash", { command: "ls" })).toBe("ls");
  expect(shellTextOf("mcp__shell__exec", { command: ["ls", "it's"] })).toBe("'ls' 'it'\\''s'");
  expect(shellTextOf("mcp__term__run", { cmd: "ls" })).toBe("ls");
  expect(shellTextOf("Write", { file_path: "/x", content: "ls" })).toBeUndefined();
});
