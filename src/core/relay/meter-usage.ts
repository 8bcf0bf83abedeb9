import type { ModelProtocol } from "../../port/agent-client.ts";

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Tools that the model called, in order. */
  readonly toolCalls: readonly string[];
}

/** A line longer than this is not read for its usage. */
const lineCharsMax = 4_000_000;

/**
 * Reads tokens and tool calls from an answer as it passes, streamed (server-sent events) or whole (JSON). What cannot be
 * read counts nothing: the provider's own words are all that there is to go by.
 */
export function createUsageMeter(protocol: ModelProtocol, streamed: boolean): { take(text: string): void; end(): Usage } {
  let rest = "";
  let dropping = false;
  let inputTokens = 0;
  let outputTokens = 0;
  const toolCalls: string[] = [];
  const read = (json: string) => {
    const value = parse(json);
    if (value === undefined) return;
    const found = readers[protocol](value);
    if (found.inputTokens !== undefined) inputTokens = Math.max(inputTokens, found.inputTokens);
    if (found.outputTokens !== undefined) outputTokens = Math.max(outputTokens, found.outputTokens);
    toolCalls.push(...found.toolCalls);
  };
  return {
    take(text) {
      rest += text;
      if (!streamed) {
        if (rest.length > lineCharsMax) rest = "";
        return;
      }
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!dropping && line.startsWith("data:")) read(line.slice(5).trim());
        dropping = false;
      }
      if (rest.length > lineCharsMax) {
        rest = "";
        dropping = true;
      }
    },
    end() {
      if (streamed) {
        if (rest.startsWith("data:")) read(rest.slice(5).trim());
      } else read(rest);
      rest = "";
      return { inputTokens, outputTokens, toolCalls };
    },
  };
}

interface Found {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly toolCalls: readonly string[];
}

const readers: Record<ModelProtocol, (value: Record<string, unknown>) => Found> = {
  "anthropic-messages": (value) => {
    const message = record(value.message) ?? value;
    const usage = record(message.usage);
    const started = record(value.content_block);
    const blocks = started ? [started] : list(value.content);
    return {
      inputTokens: sum(usage, ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]),
      outputTokens: sum(usage, ["output_tokens"]),
      toolCalls: blocks.flatMap((block) => (block.type === "tool_use" && typeof block.name === "string" ? [block.name] : [])),
    };
  },
  "openai-responses": (value) => {
    const response = record(value.response) ?? value;
    const usage = record(response.usage);
    const items =
      value.type === "response.output_item.done" ? [record(value.item) ?? {}] : value.type === undefined ? list(value.output) : [];
    return {
      inputTokens: sum(usage, ["input_tokens"]),
      outputTokens: sum(usage, ["output_tokens"]),
      toolCalls: items.flatMap((item) => (/_call$/.test(String(item.type)) ? [String(item.name ?? item.type)] : [])),
    };
  },
  "openai-chat": (value) => {
    const usage = record(value.usage);
    const calls = list(value.choices).flatMap((choice) => list((record(choice.delta) ?? record(choice.message))?.tool_calls));
    return {
      inputTokens: sum(usage, ["prompt_tokens"]),
      outputTokens: sum(usage, ["completion_tokens"]),
      toolCalls: calls.flatMap((call) => {
        const name = record(call.function)?.name;
        return typeof name === "string" && name !== "" ? [name] : [];
      }),
    };
  },
  "google-generate": readGoogle,
};

function readGoogle(value: Record<string, unknown>): Found {
  const usage = record(value.usageMetadata);
  const parts = list(value.candidates).flatMap((candidate) => list(record(candidate.content)?.parts));
  return {
    inputTokens: sum(usage, ["promptTokenCount"]),
    outputTokens: sum(usage, ["candidatesTokenCount", "thoughtsTokenCount"]),
    toolCalls: parts.flatMap((part) => {
      const name = record(part.functionCall)?.name;
      return typeof name === "string" ? [name] : [];
    }),
  };
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    return record(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.flatMap((one): Record<string, unknown>[] => [record(one) ?? []].flat()) : [];
}

function sum(from: Record<string, unknown> | undefined, keys: readonly string[]): number | undefined {
  const numbers = keys.flatMap((key) => {
    const value = from?.[key];
    return typeof value === "number" && Number.isFinite(value) && value >= 0 ? [value] : [];
  });
  return numbers.length === 0 ? undefined : numbers.reduce((all, one) => all + one, 0);
}
