import type { ModelProtocol } from "../../port/agent-client.ts";

/** A tool call that ended, as a request to the model tells it. */
export interface ToldOutcome {
  /** Of the call in its conversation; the same in every later request that carries it. */
  readonly key: string;
  readonly tool: string;
  readonly input: unknown;
  readonly answer: string;
  readonly failed: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

interface Told {
  readonly calls: readonly { readonly id: string; readonly tool: string; readonly input: unknown }[];
  readonly results: readonly { readonly id: string; readonly answer: () => string; readonly failed?: boolean }[];
}

/**
 * The results of tools in a request's conversation, in order, but for those that are known. A client sends the whole
 * conversation each time, so each is told once. What cannot be read is none.
 */
export function readOutcomes(protocol: ModelProtocol, body: unknown, known: ReadonlySet<string>): ToldOutcome[] {
  const { calls, results } = readers[protocol](asFields(body));
  // Some servers give the same id to a call of every answer: then its turn in the conversation tells them apart.
  const callOf = countTurns(calls);
  return [...countTurns(results)].flatMap(([key, result]) => {
    if (known.has(key)) return [];
    const call = callOf.get(key);
    const answer = result.answer();
    return [{ key, tool: call?.tool ?? "", input: call?.input, answer, failed: result.failed ?? soundsFailed(answer) }];
  });
}

function countTurns<T extends { readonly id: string }>(all: readonly T[]): Map<string, T> {
  const turns = new Map<string, number>();
  return new Map(
    all.map((one) => {
      const turn = (turns.get(one.id) ?? 0) + 1;
      turns.set(one.id, turn);
      return [`${one.id.slice(0, 200)}#${turn}`, one];
    }),
  );
}

const readers: Record<ModelProtocol, (body: Fields) => Told> = {
  "anthropic-messages": (body) => {
    const blocks = asList(body.messages).flatMap(({ content }) => asList(content));
    return {
      calls: blocks.flatMap((block) =>
        block.type === "tool_use" ? [{ id: asText(block.id), tool: asText(block.name), input: block.input }] : [],
      ),
      results: blocks.flatMap((block) =>
        block.type === "tool_result"
          ? [{ id: asText(block.tool_use_id), answer: () => readText(block.content), failed: block.is_error === true }]
          : [],
      ),
    };
  },
  "openai-responses": (body) => {
    const items = asList(body.input);
    return {
      calls: items.flatMap((item) =>
        asText(item.type).endsWith("_call")
          ? [
              {
                id: asText(item.call_id),
                tool: asText(item.name) || asText(item.type),
                input: readArguments(item.arguments ?? item.input ?? item.action),
              },
            ]
          : [],
      ),
      results: items.flatMap((item) =>
        asText(item.type).endsWith("_call_output") ? [{ id: asText(item.call_id), answer: () => readText(item.output) }] : [],
      ),
    };
  },
  "openai-chat": (body) => {
    const messages = asList(body.messages);
    return {
      calls: messages
        .flatMap(({ tool_calls }) => asList(tool_calls))
        .map((call) => {
          const { name, arguments: given } = asFields(call.function);
          return { id: asText(call.id), tool: asText(name), input: readArguments(given) };
        }),
      results: messages.flatMap((one) =>
        one.role === "tool" ? [{ id: asText(one.tool_call_id), answer: () => readText(one.content) }] : [],
      ),
    };
  },
  "google-generate": (body) => {
    const parts = asList(body.contents).flatMap((content) => asList(content.parts));
    // Without ids a response belongs to the call of its name that has its turn.
    const idOf = (one: Fields) => asText(one.id) || `name ${asText(one.name)}`;
    return {
      calls: parts.flatMap((part) => {
        const call = asFields(part.functionCall);
        return part.functionCall === undefined ? [] : [{ id: idOf(call), tool: asText(call.name), input: call.args }];
      }),
      results: parts.flatMap((part) => {
        const given = asFields(part.functionResponse);
        if (part.functionResponse === undefined) return [];
        const failed = asFields(given.response).error !== undefined;
        return [{ id: idOf(given), answer: () => readText(given.response), ...(failed ? { failed } : {}) }];
      }),
    };
  },
};

/** The OpenAI forms do not say whether a call failed: programs and MCP servers say it in their own words. */
function soundsFailed(answer: string): boolean {
  const ends = `${answer.slice(0, 2000)}\n${answer.slice(-2000)}`;
  return (
    /\bexit(?:ed)?(?: with)?[ _]?(?:code|status)?"?\s*[:=]?\s*[1-9]\d{0,2}\b/i.test(ends) ||
    /"is_?error"\s*:\s*true|"success"\s*:\s*false/i.test(ends) ||
    /^\W{0,3}(error|failed|failure|refused|denied)\b/i.test(answer)
  );
}

function readArguments(given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

function readText(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((part) => asText(asFields(part).text) || writeJson(part)).join("\n");
  return content === undefined || content === null ? "" : writeJson(content);
}

/** What came as JSON is JSON; nested too deep for the engine it is as good as none. */
function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function asList(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(asFields) : [];
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
