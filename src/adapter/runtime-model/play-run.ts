import type { ModelMessage } from "ai";
import { hideInValue } from "../../core/secret/hide-secrets.ts";
import type { Play, Played } from "../../port/role-runtime.ts";
import { askUntilAnswered } from "./ask-until-answered.ts";
import { fitHistory } from "./fit-history.ts";
import type { Conversations } from "./keep-conversations.ts";
import type { ModelRuntimeConfig } from "./model-runtime.ts";
import { openModel } from "./open-model.ts";
import { type OpenRun, openRun } from "./open-run.ts";
import { RunEnd } from "./run-end.ts";
import { callAll, tellResult } from "./tool/call-all.ts";
import { handInTool, offerTools } from "./tool/offer-tools.ts";

/** About 75000 tokens: what a model still attends to, and what sixteen runs at once can hold in one process. */
const historyCharsMax = 300_000;
const messageCharsMax = 1000;

interface RunArgs {
  readonly config: ModelRuntimeConfig;
  readonly key: string | undefined;
  /** The key, in every form in which it is looked for. */
  readonly forms: readonly string[];
  readonly conversations: Conversations;
  readonly play: Play;
}

/**
 * One run: a conversation from the prompt to the output that is handed in. Everything that ends it before is a `RunEnd`, and
 * a value here; the slot keeps what was done. Throws where Master OS itself fails.
 */
export async function playRun(args: RunArgs): Promise<Played> {
  const { play, forms, conversations } = args;
  const run = openRun(play, forms);
  const messages: ModelMessage[] = conversations.take(play) ?? [];
  try {
    const { output, text } = await converse(run, args, messages);
    run.transcript.write({ kind: "end", outcome: "done" });
    return { kind: "done", output, text, conversation: conversations.keep(play, messages), ...run.totals() };
  } catch (error) {
    const end = run.signal.aborted ? run.signal.reason : error;
    if (!(end instanceof RunEnd)) throw error;
    const message = run.hide(end.message).slice(0, messageCharsMax);
    run.transcript.write({ kind: "end", outcome: end.failure, message });
    return {
      kind: "failed",
      failure: end.failure,
      message,
      ...(end.retryAfterMs === undefined ? {} : { retryAfterMs: end.retryAfterMs }),
      ...(end.refusal ? { refusal: end.refusal } : {}),
      ...(end.failure === "no-output" ? { conversation: conversations.keep(play, messages) } : {}),
      ...run.totals(),
    };
  } finally {
    run.close();
  }
}

/** Asks, calls the tools, asks again, until the output is handed in. `messages` grows as it goes. */
async function converse(
  run: OpenRun,
  { config, key, play }: RunArgs,
  messages: ModelMessage[],
): Promise<{ output: unknown; text: string }> {
  const { transcript, hide } = run;
  const name = play.model ?? config.model;
  transcript.write({ kind: "start", run: play.id, role: play.role, provider: config.provider, model: name, tools: play.tools });
  transcript.write({ kind: "prompt", system: play.system, prompt: play.prompt });
  const model = await openModel({ config, key, model: name, fetch: run.fetch });
  const tools = await offerTools(play);
  messages.push({ role: "user", content: play.prompt });
  for (;;) {
    run.countTurn();
    messages.splice(0, messages.length, ...fitHistory(messages, historyCharsMax));
    const answer = await askUntilAnswered(run, { model, system: play.system, messages, tools });
    const text = hide(answer.text);
    if (text !== "") {
      transcript.write({ kind: "text", text });
      play.onText?.(text);
    }
    if (answer.message) messages.push(answer.message);
    const handed = answer.calls.find((call) => call.name === handInTool && !call.invalid && isObject(call.input));
    // What was handed in is there, whatever it cost; the budget ends what would go on.
    if (!handed) run.tellUsage();
    if (answer.finish === "content-filter") throw new RunEnd("refused-by-provider", "the provider's filter ended the answer");
    if (answer.calls.length === 0) throw new RunEnd("no-output", "it ended without handing in its output");
    const told = await callAll(run, handed ? answer.calls.filter((call) => call !== handed) : answer.calls);
    if (!handed) {
      messages.push(told);
      continue;
    }
    messages.push({ ...told, content: [...told.content, tellResult(handed, { text: "Taken.", failed: false })] });
    transcript.write({ kind: "call", tool: handInTool, input: handed.input });
    run.countCall(handInTool);
    play.onUsage({ ...run.usage });
    return { output: hideInValue(handed.input, hide), text };
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
