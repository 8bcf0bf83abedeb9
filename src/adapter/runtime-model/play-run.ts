import type { ModelMessage, ToolModelMessage } from "ai";
import { sumTokens } from "../../core/run/sum-tokens.ts";
import { hideSecrets, holdsSecret } from "../../core/secret/hide-secrets.ts";
import type { Play, Played } from "../../port/role-runtime.ts";
import { askModel, type ModelAnswer } from "./ask-model.ts";
import { addUsage, makeUsage } from "./count-usage.ts";
import { fitHistory } from "./fit-history.ts";
import { judgeFault } from "./judge-fault.ts";
import type { ModelRuntimeConfig } from "./model-runtime.ts";
import { openModel } from "./open-model.ts";
import { planRetry } from "./plan-retry.ts";
import { RunEnd } from "./run-end.ts";
import { callTool } from "./tool/call-tool.ts";
import { handInTool, offerTools } from "./tool/offer-tools.ts";
import { waitOrAbort } from "./wait-or-abort.ts";
import { openTranscript } from "./write-transcript.ts";

/** A client that prints ten times what is kept is ended; so is a model. */
const floodFactor = 10;
const callsPerAnswerMax = 50;
/** About 250000 tokens. What was read long ago is left out first. */
const historyCharsMax = 1_000_000;

/**
 * One conversation, from the prompt to the output that is handed in: ask, call the tools, ask again. Everything that ends it
 * before is a `RunEnd`. The slot keeps what was done.
 */
export async function playRun(args: {
  config: ModelRuntimeConfig;
  key: string | undefined;
  forms: readonly string[];
  play: Play;
}): Promise<Played> {
  const { config, play, forms } = args;
  const { limits } = play;
  const hide = (text: string) => hideSecrets(text, forms);
  const usage = makeUsage();
  const toolCalls = new Map<string, number>();
  let turns = 0;
  let chars = 0;
  const transcript = openTranscript({ file: play.transcript, forms, bytesMax: limits.transcriptBytes });
  const ending = new AbortController();
  const onSignal = () => ending.abort(new RunEnd("cancelled", "it was stopped"));
  const begunAt = performance.now();
  const wall = setTimeout(() => ending.abort(new RunEnd("timeout", `it took longer than ${limits.wallMs} ms`)), limits.wallMs);
  play.signal.addEventListener("abort", onSignal, { once: true });
  if (play.signal.aborted) onSignal();
  const { signal } = ending;

  const tellUsage = () => {
    transcript.write({ kind: "usage", ...usage });
    const word = play.onUsage({ ...usage });
    if (word !== undefined) throw new RunEnd("budget", word);
    const tokens = sumTokens(usage);
    if (tokens >= limits.tokens) throw new RunEnd("budget", `it used ${tokens} tokens of ${limits.tokens}`);
  };
  const countedFetch: typeof globalThis.fetch = (input, init) => {
    if (usage.requests >= limits.requests) throw new RunEnd("budget", `it made ${limits.requests} requests`);
    usage.requests += 1;
    // The key is for this address alone.
    return fetch(input, { ...init, redirect: "error" });
  };
  const countCall = (name: string) => {
    const shown = /^[\w.-]{1,64}$/.test(name) ? name : "unknown";
    toolCalls.set(shown, (toolCalls.get(shown) ?? 0) + 1);
  };
  const onChars = (count: number) => {
    chars += count;
    if (chars > floodFactor * limits.transcriptBytes)
      throw new RunEnd("flood", `it said more than ${floodFactor * limits.transcriptBytes}`);
  };

  /** The same request again while the fault may pass and the wall allows it. */
  const askUntilAnswered = async (ask: () => Promise<ModelAnswer>): Promise<ModelAnswer> => {
    let waitedMs = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        const fault = judgeFault(signal.aborted ? signal.reason : error, new Date().toISOString());
        if (fault instanceof RunEnd) throw fault;
        tellUsage();
        const leftMs = limits.wallMs - (performance.now() - begunAt);
        const waitMs = planRetry({ fault, attempt, waitedMs, leftMs, random: Math.random() });
        if (waitMs === undefined) throw new RunEnd(fault.failure, hide(fault.message), pickRetry(fault.retryAfterMs));
        transcript.write({ kind: "wait", failure: fault.failure, message: hide(fault.message), attempt, waitMs });
        await waitOrAbort(waitMs, signal);
        waitedMs += waitMs;
      }
    }
  };

  const callAll = async (answer: ModelAnswer): Promise<ToolModelMessage> => {
    const content: ToolModelMessage["content"] = [];
    for (const [at, call] of answer.calls.entries()) {
      signal.throwIfAborted();
      transcript.write({ kind: "call", tool: call.name, input: call.input });
      countCall(call.name);
      if (holdsSecret(JSON.stringify(call.input) ?? "", forms))
        throw new RunEnd("secret", "the model said the key in a call; nothing was done with it", {
          refusal: { message: "the model was about to write its own key", hint: "Make the key invalid and use a new one." },
        });
      const told =
        at < callsPerAnswerMax ? await callTool({ call, play, signal, hide }) : { text: "Too many calls in one answer.", failed: true };
      transcript.write({ kind: "result", tool: call.name, failed: told.failed, text: told.text });
      content.push({
        type: "tool-result",
        toolCallId: call.id,
        toolName: call.name,
        output: { type: told.failed ? "error-text" : "text", value: told.text },
      });
      const word = told.outcome ? play.onOutcome(told.outcome) : undefined;
      if (word !== undefined) throw new RunEnd("no-progress", word);
    }
    return { role: "tool", content };
  };

  const converse = async (): Promise<{ output: unknown; text: string }> => {
    const name = play.model ?? config.model;
    transcript.write({ kind: "start", run: play.id, role: play.role, provider: config.provider, model: name, tools: play.tools });
    transcript.write({ kind: "prompt", system: play.system, prompt: play.prompt });
    const model = await openModel({ config, key: args.key, model: name, fetch: countedFetch });
    const tools = await offerTools(play);
    let messages: ModelMessage[] = [{ role: "user", content: play.prompt }];
    for (;;) {
      if (turns >= limits.turns) throw new RunEnd("budget", `it took ${limits.turns} turns`);
      messages = fitHistory(messages, historyCharsMax);
      const answer = await askUntilAnswered(() => askModel({ model, system: play.system, messages, tools, signal, onChars }));
      turns += 1;
      addUsage(usage, answer.usage);
      const text = hide(answer.text);
      if (text !== "") {
        transcript.write({ kind: "text", text });
        play.onText?.(text);
      }
      tellUsage();
      if (answer.finish === "content-filter") throw new RunEnd("refused-by-provider", "the provider's filter ended the answer");
      const handed = answer.calls.find((call) => call.name === handInTool && !call.invalid && isObject(call.input));
      const work = handed ? { ...answer, calls: answer.calls.filter((call) => call !== handed) } : answer;
      if (!handed && answer.calls.length === 0) throw new RunEnd("no-output", "it ended without handing in its output");
      if (answer.message) messages.push(answer.message);
      messages.push(await callAll(work));
      if (handed) {
        transcript.write({ kind: "call", tool: handInTool, input: handed.input });
        countCall(handInTool);
        return { output: hideDeep(handed.input, hide), text };
      }
    }
  };

  const totals = () => ({ usage: { ...usage }, turns, toolCalls: Object.fromEntries(toolCalls) });
  try {
    const { output, text } = await converse();
    transcript.write({ kind: "end", outcome: "done" });
    return { kind: "done", output, text, ...totals() };
  } catch (error) {
    const end = signal.aborted ? signal.reason : error;
    if (!(end instanceof RunEnd)) throw error;
    const message = hide(end.message).slice(0, 1000);
    transcript.write({ kind: "end", outcome: end.failure, message });
    return {
      kind: "failed",
      failure: end.failure,
      message,
      ...pickRetry(end.retryAfterMs),
      ...(end.refusal ? { refusal: end.refusal } : {}),
      ...totals(),
    };
  } finally {
    clearTimeout(wall);
    play.signal.removeEventListener("abort", onSignal);
    transcript.end();
  }
}

function pickRetry(retryAfterMs: number | undefined): { retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hideDeep(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === "string") return hide(value);
  if (Array.isArray(value)) return value.map((one) => hideDeep(one, hide));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [hide(name), hideDeep(one, hide)]));
}
