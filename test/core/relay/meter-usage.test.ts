import { describe, expect, test } from "vitest";
import { createUsageMeter } from "../../../src/core/relay/meter-usage.ts";

const sse = (...events: unknown[]) => events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join("");
function read(protocol: Parameters<typeof createUsageMeter>[0], text: string, streamed = true) {
  const whole = createUsageMeter(protocol, streamed);
  whole.take(text);
  const pieces = createUsageMeter(protocol, streamed);
  for (const character of text) pieces.take(character);
  const result = whole.end();
  expect(pieces.end()).toEqual(result);
  return result;
}

const said = (given: Partial<ReturnType<typeof read>>) => ({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  toolCalls: [],
  ...given,
});

describe("what a model's answer cost", () => {
  test("C6: Anthropic Messages, streamed and whole", () => {
    const streamed = sse(
      { type: "message_start", message: { usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 } } },
      { type: "content_block_start", content_block: { type: "tool_use", name: "Read" } },
      { type: "message_delta", usage: { output_tokens: 20 } },
    );
    expect(read("anthropic-messages", streamed)).toEqual(
      said({ inputTokens: 10, outputTokens: 20, cacheReadTokens: 5, toolCalls: ["Read"] }),
    );
    const whole = JSON.stringify({ content: [{ type: "tool_use", name: "Edit" }], usage: { input_tokens: 3, output_tokens: 4 } });
    expect(read("anthropic-messages", whole, false)).toEqual(said({ inputTokens: 3, outputTokens: 4, toolCalls: ["Edit"] }));
  });

  test("C6: OpenAI Responses and Chat", () => {
    const responses = sse(
      { type: "response.output_item.done", item: { type: "function_call", name: "run" } },
      {
        type: "response.completed",
        response: { output: [{ type: "function_call", name: "run" }], usage: { input_tokens: 7, output_tokens: 2 } },
      },
    );
    expect(read("openai-responses", responses)).toEqual(said({ inputTokens: 7, outputTokens: 2, toolCalls: ["run"] }));
    const chat = `${sse({ choices: [{ delta: { tool_calls: [{ function: { name: "mos_run" } }] } }] }, { choices: [], usage: { prompt_tokens: 4, completion_tokens: 6 } })}data: [DONE]\n\n`;
    expect(read("openai-chat", chat)).toEqual(said({ inputTokens: 4, outputTokens: 6, toolCalls: ["mos_run"] }));
  });

  test("V4: the four kinds of tokens are disjoint in each protocol", () => {
    const anthropic = sse({
      type: "message_start",
      message: { usage: { input_tokens: 10, cache_read_input_tokens: 5, cache_creation_input_tokens: 3, output_tokens: 1 } },
    });
    expect(read("anthropic-messages", anthropic)).toEqual(
      said({ inputTokens: 10, cacheReadTokens: 5, cacheWriteTokens: 3, outputTokens: 1 }),
    );
    const responses = { usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 80 }, output_tokens: 7 } };
    expect(read("openai-responses", sse({ type: "response.completed", response: responses }))).toEqual(
      said({ inputTokens: 20, cacheReadTokens: 80, outputTokens: 7 }),
    );
    const chat = { usage: { prompt_tokens: 100, prompt_tokens_details: { cached_tokens: 80 }, completion_tokens: 7 } };
    expect(read("openai-chat", JSON.stringify(chat), false)).toEqual(said({ inputTokens: 20, cacheReadTokens: 80, outputTokens: 7 }));
    const google = {
      usageMetadata: { promptTokenCount: 100, cachedContentTokenCount: 80, candidatesTokenCount: 4, thoughtsTokenCount: 3 },
      candidates: [{ content: { parts: [{ functionCall: { name: "run" } }] } }],
    };
    expect(read("google-generate", sse(google))).toEqual(
      said({ inputTokens: 20, cacheReadTokens: 80, outputTokens: 7, toolCalls: ["run"] }),
    );
  });

  test("V4: an answer that says nothing of its usage, or nonsense, is estimated and never free", () => {
    for (const text of [
      `data: {"choices":[{"delta":{"content":"word"}}]}\n\n`.repeat(30),
      `data: {"usage":{"prompt_tokens":-5}}\n`.repeat(30),
      `data: {"usage":{"prompt_tokens":"many"}}\n`.repeat(30),
      `data: {"usage":{"prompt_tokens":0,"completion_tokens":0}}\n`.repeat(30),
    ]) {
      const meter = createUsageMeter("openai-chat", true, 4000);
      meter.take(text);
      expect(meter.end()).toEqual(said({ inputTokens: 1000, outputTokens: 30 }));
    }
    const half = createUsageMeter("openai-chat", true, 4000);
    half.take(`data: {"choices":[{"delta":{"content":"word"}}],"usage":{"prompt_tokens":7}}\n\n`.repeat(30));
    expect(half.end()).toEqual(said({ inputTokens: 7, outputTokens: 30 }));
    const whole = createUsageMeter("openai-chat", false, 4000);
    whole.take(`{"choices":[{"message":{"content":"${"x".repeat(400)}"}}]}`);
    expect(whole.end().outputTokens).toBeGreaterThanOrEqual(100);
  });

  test("V8: an error in the stream says what an error's status would have said", () => {
    const status = (protocol: Parameters<typeof createUsageMeter>[0], event: unknown) => read(protocol, sse(event)).status;
    expect(status("anthropic-messages", { type: "error", error: { type: "overloaded_error" } })).toBe(529);
    expect(status("openai-responses", { type: "response.failed", response: { error: { code: "rate_limit_exceeded" } } })).toBe(429);
    expect(status("anthropic-messages", { type: "error", error: { type: "api_error" } })).toBe(500);
    expect(status("anthropic-messages", { type: "message_start", message: { usage: { input_tokens: 1 } } })).toBeUndefined();
  });

  test("C6: what is no protocol's event counts no call, and nothing but what it cost to say", () => {
    for (const text of ["data: {", "nonsense", "data: null\n"]) expect(read("anthropic-messages", text)).toEqual(said({}));
  });
});
