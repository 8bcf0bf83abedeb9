import { describe, expect, test } from "vitest";
import { readTranscriptLine } from "../../../src/core/agent/read-transcript.ts";

const read = (value: unknown) =>
  readTranscriptLine(typeof value === "string" ? value : JSON.stringify(value)).map(({ who, text }) => `${who}: ${text}`);

describe("a line of a transcript in words", () => {
  test("A8: what Claude Code prints", () => {
    const content = [
      { type: "text", text: "Let me look." },
      { type: "tool_use", name: "Read", input: { file_path: "/a" } },
    ];
    expect(read({ type: "assistant", message: { content } })).toEqual(["model: Let me look.", 'call: Read {"file_path":"/a"}']);
    const answer = [{ type: "tool_result", is_error: true, content: [{ type: "text", text: "no such file" }] }];
    expect(read({ type: "user", message: { content: answer } })).toEqual(["answer: failed: no such file"]);
    expect(read({ type: "system", subtype: "init" })).toEqual([]);
    expect(read({ type: "result", subtype: "success" })).toEqual(["note: ended: success"]);
  });

  test("A8: what Codex prints", () => {
    expect(read({ type: "item.completed", item: { type: "agent_message", text: "Done." } })).toEqual(["model: Done."]);
    const item = {
      type: "mcp_tool_call",
      server: "mos",
      tool: "run",
      arguments: { command: "ls" },
      result: { content: [{ text: "a.txt" }] },
    };
    expect(read({ type: "item.completed", item })).toEqual(['call: mos.run {"command":"ls"}', "answer: a.txt"]);
    expect(read({ type: "item.started", item })).toEqual([]);
    expect(read({ type: "turn.failed", error: { message: "overloaded" } })).toEqual(["note: overloaded"]);
  });

  test("A8: what OpenCode prints", () => {
    expect(read({ type: "text", part: { text: "Hello." } })).toEqual(["model: Hello."]);
    const part = { tool: "read", state: { status: "completed", input: { filePath: "/a" }, output: "one" } };
    expect(read({ type: "tool_use", part })).toEqual(['call: read {"filePath":"/a"}', "answer: one"]);
  });

  test("A8: what an agent that speaks ACP prints", () => {
    const update = (fields: object) => read({ jsonrpc: "2.0", method: "session/update", params: { update: fields } });
    const text = (words: string) => ({ type: "text", text: words });
    expect(update({ sessionUpdate: "agent_message_chunk", content: text("Hello.") })).toEqual(["model: Hello."]);
    expect(update({ sessionUpdate: "agent_thought_chunk", content: text("Hm.") })).toEqual(["note: Hm."]);
    expect(update({ sessionUpdate: "tool_call", title: "read", rawInput: {} })).toEqual([]);
    const called = { sessionUpdate: "tool_call_update", title: "read", status: "in_progress", rawInput: { path: "/a" } };
    expect(update(called)).toEqual(['call: read {"path":"/a"}']);
    const answered = { ...called, status: "failed", content: [{ type: "content", content: text("no such file") }] };
    expect(update(answered)).toEqual(["answer: failed: no such file"]);
    expect(read({ jsonrpc: "2.0", id: 1, method: "terminal/create", params: { command: "npm", args: ["test"] } })).toEqual([
      "call: npm test",
    ]);
    expect(read({ jsonrpc: "2.0", id: 1, method: "fs/read_text_file", params: { path: "/a" } })).toEqual(["call: fs/read_text_file /a"]);
    expect(read({ jsonrpc: "2.0", id: 1, error: { code: 1, message: "log in first" } })).toEqual(["note: log in first"]);
    expect(read({ jsonrpc: "2.0", id: 1, result: {} })).toEqual([]);
  });

  test("A8: what a run with Master OS's own tools writes", () => {
    expect(read({ kind: "text", text: "Hm." })).toEqual(["model: Hm."]);
    expect(read({ kind: "call", tool: "run", input: { command: "ls" } })).toEqual(['call: run {"command":"ls"}']);
    expect(read({ kind: "result", tool: "run", failed: true, text: "exit code 1" })).toEqual(["answer: failed: exit code 1"]);
    expect(read({ kind: "end", outcome: "done" })).toEqual(["note: ended: done"]);
    expect(read({ type: "mos", stream: "stderr", text: "a warning" })).toEqual(["note: a warning"]);
    expect(read({ type: "mos", cut: true })).toEqual([expect.stringContaining("not kept")]);
  });

  test.each([
    "no JSON",
    "[1]",
    "null",
    '{"type":7}',
    '{"type":"assistant","message":{"content":[null,{"type":"text","text":9}]}}',
    '{"kind":"call"}',
  ])("A8: %s breaks nothing", (line) => {
    expect(() => readTranscriptLine(line)).not.toThrow();
  });

  test("A8: an endless line is shown by its beginning", () => {
    const [line] = readTranscriptLine(JSON.stringify({ kind: "text", text: "x".repeat(100_000) }));
    expect(line?.text.length).toBeLessThanOrEqual(2000);
  });
});
