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

describe("what a model's answer cost", () => {
  test("C6: Anthropic Messages, streamed and whole", () => {
    const streamed = sse(
      { type: "message_start", message: { usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 } } },
      { type: "content_block_start", content_block: { type: "tool_use", name: "Read" } },
      { type: "message_delta", usage: { output_tokens: 20 } },
    );
    expect(read("anthropic-messages", streamed)).toEqual({ inputTokens: 15, outputTokens: 20, toolCalls: ["Read"] });
    const whole = JSON.stringify({ content: [{ type: "tool_use", name: "Edit" }], usage: { input_tokens: 3, output_tokens: 4 } });
    expect(read("anthropic-messages", whole, false)).toEqual({ inputTokens: 3, outputTokens: 4, toolCalls: ["Edit"] });
  });

  test("C6: OpenAI Responses and Chat", () => {
    const responses = sse(
      { type: "response.output_item.done", item: { type: "function_call", name: "run" } },
      {
        type: "response.completed",
        response: { output: [{ type: "function_call", name: "run" }], usage: { input_tokens: 7, output_tokens: 2 } },
      },
    );
    expect(read("openai-responses", responses)).toEqual({ inputTokens: 7, outputTokens: 2, toolCalls: ["run"] });
    const chat = `${sse({ choices: [{ delta: { tool_calls: [{ function: { name: "mos_run" } }] } }] }, { choices: [], usage: { prompt_tokens: 4, completion_tokens: 6 } })}data: [DONE]\n\n`;
    expect(read("openai-chat", chat)).toEqual({ inputTokens: 4, outputTokens: 6, toolCalls: ["mos_run"] });
  });

  test("C6: what cannot be read, or lies, counts nothing", () => {
    for (const text of [
      "data: {",
      "nonsense",
      'data: {"usage":{"output_tokens":-5}}\n',
      'data: {"usage":{"output_tokens":"many"}}\n',
      "data: null\n",
    ])
      expect(read("anthropic-messages", text)).toEqual({ inputTokens: 0, outputTokens: 0, toolCalls: [] });
  });
});
