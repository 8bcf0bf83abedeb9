import type { AssistantModelMessage, LanguageModel, LanguageModelUsage, ModelMessage, ToolSet } from "ai";
import { cachedHere, providerOptions } from "./open-model.ts";
import { RunEnd } from "./run-end.ts";

export interface ModelAnswer {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: unknown; readonly invalid: boolean }[];
  /** What the model said, for the next request. Absent where it said nothing. */
  readonly message?: AssistantModelMessage;
  readonly usage: LanguageModelUsage;
  readonly finish: string;
}

export interface AskArgs {
  readonly model: LanguageModel;
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: ToolSet;
  readonly signal: AbortSignal;
  /** Told how much came, as it comes; what it throws ends the answer. */
  readonly onChars: (count: number) => void;
  /** Told what the provider counted when the answer began, where it says so: of an answer that breaks, all that is known. */
  readonly onBegun: (usage: LanguageModelUsage) => void;
}

/** One request, one answer, streamed; no tool runs here. Throws what the SDK met, or the signal's reason. */
export async function askModel(args: AskArgs): Promise<ModelAnswer> {
  const { streamText } = await import("ai");
  // The SDK prints its warnings by itself; this process has faces of its own for what is printed.
  (globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;
  const stream = new AbortController();
  const onAbort = () => stream.abort(args.signal.reason);
  args.signal.addEventListener("abort", onAbort, { once: true });
  if (args.signal.aborted) onAbort();
  try {
    const result = streamText({
      model: args.model,
      system: { role: "system", content: args.system, providerOptions: cachedHere },
      messages: markLast(args.messages),
      tools: args.tools,
      maxRetries: 0,
      abortSignal: stream.signal,
      providerOptions,
      experimental_include: { requestBody: false },
      includeRawChunks: true,
      onError: () => {},
    });
    return await readStream(result, args);
  } catch (error) {
    if (args.signal.aborted) throw args.signal.reason;
    throw error;
  } finally {
    args.signal.removeEventListener("abort", onAbort);
    stream.abort(new RunEnd("cancelled", "the answer was left"));
  }
}

/** Up to here the provider may keep what it has read: the next request begins with the same. */
function markLast(messages: readonly ModelMessage[]): ModelMessage[] {
  const last = messages.at(-1);
  return last === undefined ? [] : [...messages.slice(0, -1), { ...last, providerOptions: cachedHere } as ModelMessage];
}

type Streamed = ReturnType<typeof import("ai").streamText>;

async function readStream(result: Streamed, { onChars, onBegun }: AskArgs): Promise<ModelAnswer> {
  let text = "";
  let ended: { usage: LanguageModelUsage; finish: string } | undefined;
  const calls: ModelAnswer["calls"][number][] = [];
  for await (const part of result.fullStream) {
    if (part.type === "error") throw part.error;
    if (part.type === "raw") readBegin(part.rawValue, onBegun);
    if (part.type === "abort") throw new Error("the answer was cut off");
    if (part.type === "text-delta") {
      text += part.text;
      onChars(part.text.length);
    } else if (part.type === "reasoning-delta") onChars(part.text.length);
    else if (part.type === "tool-input-delta") onChars(part.delta.length);
    else if (part.type === "tool-call" && !part.providerExecuted)
      calls.push({ id: part.toolCallId, name: part.toolName, input: part.input, invalid: part.dynamic === true && part.invalid === true });
    else if (part.type === "finish-step") ended = { usage: part.usage, finish: part.finishReason };
  }
  if (!ended) throw new Error("the answer ended before its end");
  // A stream that stops without the word for it: half an answer is none.
  if (ended.finish === "other" && ended.usage.outputTokens === undefined) throw new Error("the answer ended before its end");
  const { messages } = await result.response;
  const message = messages.find((one): one is AssistantModelMessage => one.role === "assistant");
  return { text, calls, usage: ended.usage, finish: ended.finish, ...(message ? { message } : {}) };
}

/** Anthropic's form says at the beginning what was read; the others say everything at the end. */
function readBegin(value: unknown, onBegun: AskArgs["onBegun"]): void {
  const { type, message } = (typeof value === "object" && value !== null ? value : {}) as { type?: unknown; message?: { usage?: unknown } };
  if (type !== "message_start" || typeof message?.usage !== "object" || message.usage === null) return;
  const said = message.usage as Record<string, unknown>;
  const read = (name: string) => (typeof said[name] === "number" ? said[name] : undefined);
  const noCacheTokens = read("input_tokens");
  onBegun({
    inputTokens: noCacheTokens,
    inputTokenDetails: {
      noCacheTokens,
      cacheReadTokens: read("cache_read_input_tokens"),
      cacheWriteTokens: read("cache_creation_input_tokens"),
    },
    outputTokens: undefined,
    outputTokenDetails: { textTokens: undefined, reasoningTokens: undefined },
    totalTokens: undefined,
  });
}
