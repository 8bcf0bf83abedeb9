import { describe, expect, test } from "vitest";
import { readOutcomes } from "../../../src/core/relay/read-outcomes.ts";

const none = new Set<string>();
const shell = { tool: "run", input: { command: "npm test" } };

describe("outcomes of tools, as requests to the model tell them", () => {
  test("V6: Anthropic Messages", () => {
    const body = {
      messages: [
        { role: "user", content: "go" },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "run", input: { command: "npm test" } }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", is_error: true, content: [{ type: "text", text: "no" }] }] },
      ],
    };
    expect(readOutcomes("anthropic-messages", body, none)).toEqual([{ key: "t1#1", ...shell, answer: "no", failed: true }]);
    expect(readOutcomes("anthropic-messages", body, new Set(["t1#1"]))).toEqual([]);
  });

  test("V6: OpenAI Responses", () => {
    const body = {
      input: [
        { type: "function_call", call_id: "c1", name: "run", arguments: '{"command":"npm test"}' },
        { type: "function_call_output", call_id: "c1", output: "1 failed\nexit code 1" },
        { type: "custom_tool_call", call_id: "c2", name: "apply_patch", input: "*** Begin Patch" },
        { type: "custom_tool_call_output", call_id: "c2", output: "Success" },
        { type: "function_call", call_id: "c3", name: "mos.run", arguments: "{" },
        { type: "function_call_output", call_id: "c3", output: [{ type: "input_text", text: "exit code 0" }] },
      ],
    };
    expect(readOutcomes("openai-responses", body, none)).toEqual([
      { key: "c1#1", ...shell, answer: "1 failed\nexit code 1", failed: true },
      { key: "c2#1", tool: "apply_patch", input: "*** Begin Patch", answer: "Success", failed: false },
      { key: "c3#1", tool: "mos.run", input: "{", answer: "exit code 0", failed: false },
    ]);
  });

  test("V6: OpenAI Chat", () => {
    const body = {
      messages: [
        { role: "assistant", tool_calls: [{ id: "c1", function: { name: "run", arguments: '{"command":"npm test"}' } }] },
        { role: "tool", tool_call_id: "c1", content: "Error: no such file" },
      ],
    };
    expect(readOutcomes("openai-chat", body, none)).toEqual([{ key: "c1#1", ...shell, answer: "Error: no such file", failed: true }]);
  });

  test("V6: Google, whose calls may have no id", () => {
    const call = { functionCall: { name: "run", args: { command: "npm test" } } };
    const body = {
      contents: [
        { parts: [call] },
        { parts: [{ functionResponse: { name: "run", response: { error: "no" } } }] },
        { parts: [call] },
        { parts: [{ functionResponse: { name: "run", response: { output: "yes" } } }] },
      ],
    };
    expect(readOutcomes("google-generate", body, none)).toEqual([
      { key: "name run#1", ...shell, answer: '{"error":"no"}', failed: true },
      { key: "name run#2", ...shell, answer: '{"output":"yes"}', failed: false },
    ]);
  });

  test("V6: what is malformed is no outcome, or one without a call, and never throws", () => {
    for (const body of [undefined, null, 7, [], { messages: "x" }, { messages: [null, { content: [null, 1] }] }])
      expect(readOutcomes("anthropic-messages", body, none)).toEqual([]);
    const orphan = { messages: [{ content: [{ type: "tool_result", tool_use_id: 7, content: null }] }] };
    expect(readOutcomes("anthropic-messages", orphan, none)).toEqual([
      { key: "#1", tool: "", input: undefined, answer: "", failed: false },
    ]);
  });
});
