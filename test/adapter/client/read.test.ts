import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readClaude } from "../../../src/adapter/client/claude/read-claude.ts";
import { readCodex } from "../../../src/adapter/client/codex/read-codex.ts";
import { dropNulls, makeStrict } from "../../../src/adapter/client/codex/strict-schema.ts";
import { readGemini } from "../../../src/adapter/client/gemini/read-gemini.ts";
import { readOpencode } from "../../../src/adapter/client/opencode/read-opencode.ts";
import { roleOutputs } from "../../../src/contract/role.ts";
import type { ClientReader } from "../../../src/port/agent-client.ts";

/** In pieces of seven characters, as a pipe may give them. */
function feed(reader: ClientReader, lines: readonly unknown[]) {
  const text = `${lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n")}\n`;
  const said: string[] = [];
  for (let at = 0; at < text.length; at += 7) said.push(...reader.take(text.slice(at, at + 7)));
  return { said, ...reader.end() };
}

const session = "11111111-1111-4111-8111-111111111111";
const claudeSays = (content: unknown[], more: Record<string, unknown> = {}) => ({
  type: "assistant",
  message: { id: `msg-${JSON.stringify(content)}`, model: "claude-opus-5-5", content },
  parent_tool_use_id: null,
  session_id: session,
  ...more,
});
const claudeEnds = (more: Record<string, unknown>) => ({
  type: "result",
  subtype: "success",
  is_error: false,
  api_error_status: null,
  session_id: session,
  total_cost_usd: 0.004,
  usage: { input_tokens: 910, output_tokens: 30, cache_read_input_tokens: 7, cache_creation_input_tokens: 5 },
  result: "",
  ...more,
});

describe("Claude Code's stream-json", () => {
  test("C14 C15: gives output, usage of four kinds, cost, turns and conversation", () => {
    const read = feed(readClaude(), [
      { type: "system", subtype: "init", session_id: session },
      claudeSays([
        { type: "text", text: "Let me look." },
        { type: "tool_use", name: "Read", input: {} },
      ]),
      claudeSays([{ type: "text", text: "of a helper" }], { parent_tool_use_id: "toolu_1" }),
      claudeSays([{ type: "tool_use", name: "StructuredOutput", input: { outcome: "done" } }]),
      claudeEnds({ structured_output: { outcome: "done" } }),
    ]);
    expect(read).toEqual({
      said: ["Let me look."],
      text: "Let me look.",
      output: { outcome: "done" },
      usage: { inputTokens: 910, outputTokens: 30, cacheReadTokens: 7, cacheWriteTokens: 5 },
      usd: 0.004,
      turns: 2,
      toolCalls: { Read: 1, StructuredOutput: 1 },
      conversation: session,
      ended: true,
      strange: 0,
    });
  });

  test.each([
    [{ api_error_status: 429, is_error: true, result: "API Error: Request rejected (429)" }, "rate-limit"],
    [{ api_error_status: 529, is_error: true, result: "API Error: 529" }, "overload"],
    [{ api_error_status: 500, is_error: true, result: "API Error: 500" }, "overload"],
    [{ api_error_status: 401, is_error: true, result: "Failed to authenticate." }, "refused-by-provider"],
    [{ is_error: true, result: "API Error: Connection to the API was lost (ECONNRESET)." }, "died"],
    [{ subtype: "error_max_turns", is_error: true, result: undefined }, "budget"],
    [{ subtype: "error_max_structured_output_retries", is_error: true, result: undefined }, "no-output"],
    [{ subtype: "error_during_execution", is_error: true, result: undefined, errors: ["No conversation found"] }, "died"],
  ])("C15: %j is %s", (end, failure) => {
    expect(feed(readClaude(), [claudeEnds(end)]).fault?.failure).toBe(failure);
  });

  test("C14: a success without structured output gives none; text that looks like it is none", () => {
    const read = feed(readClaude(), [claudeEnds({ result: '{"outcome":"done"}', structured_output: null })]);
    expect(read).not.toHaveProperty("output");
    expect(read.ended).toBe(true);
  });

  test("C15: a stream that breaks off has not ended, and what is none of the protocol is counted", () => {
    const read = feed(readClaude(), [claudeSays([{ type: "text", text: "half" }]), "<html>busy</html>", "[1]", '{"type":"resu']);
    expect(read).toMatchObject({ ended: false, strange: 3, text: "half" });
  });
});

describe("Codex's events", () => {
  const outputSchema = { type: "object", properties: { outcome: { type: "string" }, question: { type: "string" } }, required: ["outcome"] };
  const message = (text: string) => ({ type: "item.completed", item: { type: "agent_message", text } });
  const usage = { input_tokens: 910, cached_input_tokens: 100, cache_write_input_tokens: 10, output_tokens: 30 };

  test("C14 C15: the last message is the output, without the nulls of the strict form; cached input is no input", () => {
    const read = feed(readCodex({ outputSchema }), [
      { type: "thread.started", thread_id: "01a2084b-640d" },
      message("Let me look."),
      { type: "item.completed", item: { type: "mcp_tool_call", server: "mos", tool: "run" } },
      message('{"outcome":"done","question":null}'),
      { type: "turn.completed", usage },
    ]);
    expect(read).toMatchObject({
      output: { outcome: "done" },
      usage: { inputTokens: 800, outputTokens: 30, cacheReadTokens: 100, cacheWriteTokens: 10 },
      turns: 2,
      toolCalls: { mos_run: 1 },
      conversation: "01a2084b-640d",
      ended: true,
      strange: 0,
    });
    expect(read.output).not.toHaveProperty("question");
  });

  test.each([
    ["exceeded retry limit, last status: 429 Too Many Requests", "rate-limit"],
    ["unexpected status 529 <unknown status code>: busy, url: http://127.0.0.1:8080/v1/responses", "overload"],
    ["We’re currently experiencing high demand, which may cause temporary errors.", "overload"],
    ["unexpected status 401 Unauthorized: busy", "refused-by-provider"],
    ["stream disconnected before completion: Transport error", "died"],
  ])("C15: %s is %s", (said, failure) => {
    const read = feed(readCodex({ outputSchema }), [message('{"outcome":"done"}'), { type: "turn.failed", error: { message: said } }]);
    expect(read.fault?.failure).toBe(failure);
    expect(read).not.toHaveProperty("output");
  });

  test.each(["Just words.", '["done"]', '{"outcome": "do'])("C14: %s is no output", (text) => {
    expect(feed(readCodex({ outputSchema }), [message(text), { type: "turn.completed", usage }])).not.toHaveProperty("output");
  });

  test.each(Object.entries(roleOutputs))(
    "C14: the schema of %s in the strict form has each property required, and no word that it refuses",
    (_, output) => {
      const strict = makeStrict(z.toJSONSchema(output, { io: "input" }));
      const visit = (value: unknown): void => {
        if (Array.isArray(value)) value.forEach(visit);
        else if (typeof value === "object" && value !== null) {
          const schema = value as Record<string, unknown>;
          if (schema.type === "object") {
            expect(schema.required).toEqual(Object.keys(schema.properties as object));
            expect(schema.additionalProperties).toBe(false);
          }
          for (const [name, one] of Object.entries(schema)) {
            if (name === "properties") Object.values(one as object).forEach(visit);
            else {
              expect(["default", "minLength", "maxLength", "pattern", "$schema", "oneOf", "const"]).not.toContain(name);
              visit(one);
            }
          }
        }
      };
      visit(strict);
    },
  );

  test("C14: only a null that stands for nothing is taken out", () => {
    const schema = { properties: { a: {}, list: { items: outputSchema } }, required: ["a"] };
    expect(dropNulls({ a: null, list: [{ outcome: "x", question: null }], b: null }, schema)).toEqual({
      a: null,
      list: [{ outcome: "x" }],
      b: null,
    });
  });
});

test("C15: OpenCode's events give text, turns, tools, usage and conversation, step by step", () => {
  const step = (reason: string, tokens: unknown) => ({ type: "step_finish", sessionID: "ses_1", part: { reason, tokens } });
  const read = feed(readOpencode(), [
    { type: "text", sessionID: "ses_1", part: { text: "Let me look." } },
    { type: "tool_use", sessionID: "ses_1", part: { tool: "read" } },
    step("tool-calls", { input: 900, output: 20, reasoning: 3, cache: { read: 5, write: 1 } }),
    step("stop", { input: 10, output: 10, reasoning: 0, cache: { read: 0, write: 0 } }),
  ]);
  expect(read).toMatchObject({
    text: "Let me look.",
    turns: 2,
    toolCalls: { read: 1 },
    usage: { inputTokens: 910, outputTokens: 33, cacheReadTokens: 5, cacheWriteTokens: 1 },
    conversation: "ses_1",
    ended: true,
  });
  const data = { message: "busy", statusCode: 429, responseHeaders: { "retry-after": "7" } };
  expect(feed(readOpencode(), [{ type: "error", error: { name: "APIError", data } }]).fault).toEqual({
    failure: "rate-limit",
    message: "busy",
    retryAfterMs: 7000,
  });
});

test("C13 C15: Gemini CLI's events, by its documentation", () => {
  const read = feed(readGemini(), [
    { type: "init", session_id: "abc", model: "gemini" },
    { type: "message", role: "assistant", content: "Let ", delta: true },
    { type: "message", role: "assistant", content: "me look.", delta: true },
    { type: "tool_use", tool_name: "read_file" },
    { type: "result", status: "success", stats: { input_tokens: 100, output_tokens: 9, cached: 40 } },
  ]);
  expect(read).toMatchObject({
    text: "Let me look.",
    turns: 1,
    toolCalls: { read_file: 1 },
    usage: { inputTokens: 60, outputTokens: 9, cacheReadTokens: 40 },
    ended: true,
  });
  expect(feed(readGemini(), [{ type: "result", status: "error", error: { message: "got status: 429" } }]).fault?.failure).toBe(
    "rate-limit",
  );
});
