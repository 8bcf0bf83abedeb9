import type { Usage } from "../../contract/agent.ts";
import type { ModelProtocol } from "../../port/agent-client.ts";
import { sumTokens } from "../run/sum-tokens.ts";

type Tokens = Omit<Usage, "requests">;

export interface Metered extends Tokens {
  /** Tools that the model called, in order. */
  readonly toolCalls: readonly string[];
  /** The status that an error would have had which came in the stream, after a 200. */
  readonly status?: number;
}

/** A line longer than this is not read for its usage. */
const lineCharsMax = 4_000_000;
const tokenChars = 4;

/**
 * Reads tokens and tool calls from an answer as it passes, streamed (server-sent events) or whole (JSON). What an answer says
 * nothing of, as those of some local servers, or says was nothing, is estimated (V4): a bound that cannot see is none.
 *
 * @param requestChars  of the request, for the estimate
 */
export function createUsageMeter(
  protocol: ModelProtocol,
  streamed: boolean,
  requestChars = 0,
): { take(text: string): void; end(): Metered } {
  let rest = "";
  let dropping = false;
  let chars = 0;
  let events = 0;
  let status: number | undefined;
  const most = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const toolCalls: string[] = [];
  const read = (json: string) => {
    const value = parse(json);
    if (value === undefined) return;
    events += 1;
    status ??= readError(value);
    const found = readers[protocol](value);
    for (const [kind, count] of Object.entries(found.tokens)) most[kind as keyof Tokens] = Math.max(most[kind as keyof Tokens], count);
    toolCalls.push(...found.toolCalls);
  };
  const fill = (): Tokens => ({
    ...most,
    inputTokens: sumTokens({ ...most, outputTokens: 0 }) > 0 ? most.inputTokens : Math.ceil(requestChars / tokenChars),
    // An event of a stream is about a token.
    outputTokens: most.outputTokens > 0 ? most.outputTokens : streamed ? events : Math.ceil(chars / tokenChars),
  });
  return {
    take(text) {
      rest += text;
      chars += text.length;
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
      return { ...(chars === 0 ? most : fill()), toolCalls, ...(status === undefined ? {} : { status }) };
    },
  };
}

/** The kinds that an answer told; a kind that is not there was not told. */
interface Found {
  readonly tokens: Partial<Tokens>;
  readonly toolCalls: readonly string[];
}

const readers: Record<ModelProtocol, (value: Record<string, unknown>) => Found> = {
  "anthropic-messages": (value) => {
    const message = record(value.message) ?? value;
    const usage = record(message.usage);
    const started = record(value.content_block);
    const blocks = started ? [started] : list(value.content);
    return {
      tokens: keepTold({
        inputTokens: count(usage?.input_tokens),
        outputTokens: count(usage?.output_tokens),
        cacheReadTokens: count(usage?.cache_read_input_tokens),
        cacheWriteTokens: count(usage?.cache_creation_input_tokens),
      }),
      toolCalls: blocks.flatMap((block) => (block.type === "tool_use" && typeof block.name === "string" ? [block.name] : [])),
    };
  },
  "openai-responses": (value) => {
    const response = record(value.response) ?? value;
    const usage = record(response.usage);
    const items =
      value.type === "response.output_item.done" ? [record(value.item) ?? {}] : value.type === undefined ? list(value.output) : [];
    return {
      tokens: takeCachedOut(
        count(usage?.input_tokens),
        count(record(usage?.input_tokens_details)?.cached_tokens),
        count(usage?.output_tokens),
      ),
      toolCalls: items.flatMap((item) => (/_call$/.test(String(item.type)) ? [String(item.name ?? item.type)] : [])),
    };
  },
  "openai-chat": (value) => {
    const usage = record(value.usage);
    const calls = list(value.choices).flatMap((choice) => list((record(choice.delta) ?? record(choice.message))?.tool_calls));
    return {
      tokens: takeCachedOut(
        count(usage?.prompt_tokens),
        count(record(usage?.prompt_tokens_details)?.cached_tokens),
        count(usage?.completion_tokens),
      ),
      toolCalls: calls.flatMap((call) => {
        const name = record(call.function)?.name;
        return typeof name === "string" && name !== "" ? [name] : [];
      }),
    };
  },
  "google-generate": (value) => {
    const usage = record(value.usageMetadata);
    const parts = list(value.candidates).flatMap((candidate) => list(record(candidate.content)?.parts));
    const said = [count(usage?.candidatesTokenCount), count(usage?.thoughtsTokenCount)].filter((one) => one !== undefined);
    return {
      tokens: takeCachedOut(
        count(usage?.promptTokenCount),
        count(usage?.cachedContentTokenCount),
        said.length === 0 ? undefined : said.reduce((all, one) => all + one, 0),
      ),
      toolCalls: parts.flatMap((part) => {
        const name = record(part.functionCall)?.name;
        return typeof name === "string" ? [name] : [];
      }),
    };
  },
};

/** These providers count what was cached in the input as well: here each token is of one kind. */
function takeCachedOut(input: number | undefined, cached: number | undefined, output: number | undefined): Partial<Tokens> {
  const cacheReadTokens = cached === undefined || input === undefined ? cached : Math.min(cached, input);
  return keepTold({
    inputTokens: input === undefined ? undefined : input - (cacheReadTokens ?? 0),
    outputTokens: output,
    cacheReadTokens,
  });
}

function keepTold(tokens: { [Kind in keyof Tokens]?: number | undefined }): Partial<Tokens> {
  return Object.fromEntries(Object.entries(tokens).filter(([, one]) => one !== undefined));
}

/** An error that comes after the head: `overloaded_error`, `rate_limit_exceeded`. */
function readError(value: Record<string, unknown>): number | undefined {
  const error = record(value.error) ?? record(record(value.response)?.error);
  if (!error) return undefined;
  const kind = `${String(error.type ?? "")} ${String(error.code ?? "")} ${String(error.status ?? "")}`;
  if (/rate_?limit|resource_exhausted|\b429\b/i.test(kind)) return 429;
  return /overload|unavailable|\b(503|529)\b/i.test(kind) ? 529 : 500;
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

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
