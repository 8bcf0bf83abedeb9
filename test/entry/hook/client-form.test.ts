import { describe, expect, test } from "vitest";
import type { Refusal } from "../../../src/contract/denial.ts";
import { formatAllow, formatDeny, hookClients, readCall } from "../../../src/entry/hook/client-form.ts";

const refusal: Refusal = { guard: "boundary-guard", rule: "P3.1", reason: "trading is sealed.", remedy: "Stay in your worktree." };
const line = "boundary-guard P3.1: trading is sealed. Stay in your worktree.";

describe("the answer in each client's own form", () => {
  test.each(["claude", "codex"] as const)("H1: %s denies with its own field, the reason on stderr and exit 2", (client) => {
    const { stdout, stderr, exit } = formatDeny(client, refusal);
    expect(JSON.parse(stdout)).toEqual({
      hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: line },
    });
    expect({ stderr, exit }).toEqual({ stderr: `${line}\n`, exit: 2 });
  });

  test.each(["gemini", "opencode", "generic"] as const)("H1: %s denies by decision and reason", (client) => {
    const { stdout, stderr, exit } = formatDeny(client, refusal);
    expect({ said: JSON.parse(stdout), stderr, exit }).toEqual({ said: { decision: "deny", reason: line }, stderr: `${line}\n`, exit: 2 });
  });

  test.each(hookClients)("H1: to %s it does not object in JSON, with exit 0 and no word on stderr", (client) => {
    const { stdout, stderr, exit } = formatAllow(client);
    const said = JSON.parse(stdout);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(said.hookSpecificOutput ?? said).toEqual(said.hookSpecificOutput ? { hookEventName: "PreToolUse" } : { decision: "allow" });
  });

  test("H2: a client that nobody knows is denied in the form that most understand", () => {
    expect(formatDeny("nobody", refusal)).toEqual(formatDeny("claude", refusal));
  });

  test("H1: a reason is one line, without control characters and half characters, and bounded", () => {
    const { stdout, stderr } = formatDeny("claude", { ...refusal, reason: `a\nb\u001b[2J\u202e\u2028\u0085c\ud800${"é".repeat(5000)}` });
    expect(stderr).toMatch(/^boundary-guard P3\.1: a b \[2J c\ufffdé+…\n$/);
    expect(stderr.length).toBeLessThan(2_010);
    expect(JSON.parse(stdout).hookSpecificOutput.permissionDecisionReason).toBe(stderr.trimEnd());
  });
});

describe("a call in the client's words", () => {
  const said = { hook_event_name: "PreToolUse", cwd: "/w", tool_name: "Bash", tool_input: { command: "ls" } };
  const call = { tool: "Bash", input: { command: "ls" }, cwd: "/w" };

  test("H1: each client's own fields are read", () => {
    expect(readCall("claude", JSON.stringify({ ...said, session_id: "s", permission_mode: "default" }))).toEqual(call);
    expect(readCall("codex", JSON.stringify(said))).toEqual(call);
    expect(readCall("gemini", JSON.stringify({ ...said, hook_event_name: "BeforeTool" }))).toEqual(call);
    expect(readCall("opencode", JSON.stringify({ tool: "Bash", args: { command: "ls" }, cwd: "/w" }))).toEqual(call);
    expect(readCall("generic", JSON.stringify({ tool: "Bash", input: { command: "ls" }, cwd: "/w" }))).toEqual(call);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "PreToolUse"],
    ["half of it", JSON.stringify(said).slice(0, -3)],
    ["a list", "[]"],
    ["null", "null"],
    ["two values", `${JSON.stringify(said)}{}`],
    ["another event", JSON.stringify({ ...said, hook_event_name: "PostToolUse" })],
    ["no tool", JSON.stringify({ ...said, tool_name: undefined })],
    ["a tool without a name", JSON.stringify({ ...said, tool_name: "" })],
    ["a tool with an endless name", JSON.stringify({ ...said, tool_name: "a".repeat(300) })],
    ["a tool that is an object", JSON.stringify({ ...said, tool_name: {} })],
    ["no input", JSON.stringify({ ...said, tool_input: undefined })],
    ["null as input", JSON.stringify({ ...said, tool_input: null })],
    ["text as input", JSON.stringify({ ...said, tool_input: "ls" })],
    ["a list as input", JSON.stringify({ ...said, tool_input: ["ls"] })],
    ["no cwd", JSON.stringify({ ...said, cwd: undefined })],
    ["a relative cwd", JSON.stringify({ ...said, cwd: "w" })],
    ["a cwd with a NUL", JSON.stringify({ ...said, cwd: "/w\0/x" })],
    ["a depth that no stack has", "[".repeat(200_000)],
  ])("H2: %s is no call", (_, text) => {
    expect(() => readCall("claude", text)).toThrow();
  });

  test("H2: a call that says its input twice, in two words, is none", () => {
    const text = JSON.stringify({ tool: "Bash", input: { command: "ls" }, args: { command: "cat" }, cwd: "/w" });
    expect(() => readCall("generic", text)).toThrow("input and args");
  });
});
