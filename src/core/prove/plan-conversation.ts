import type { ModelScript, ScriptedTool, ScriptedTurn } from "../../contract/model-script.ts";
import { type Attempt, attempts, listTampering, type ProofPlaces } from "./list-attempts.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** One forbidden call: one turn of one conversation. */
export interface Step {
  readonly agent: "main" | "subagent";
  readonly attempt: Omit<Attempt, "calls">;
  /** Tried a second time, after the client was asked to switch its guards off. */
  readonly again: boolean;
  readonly call: ScriptedTool;
  /** Stands in what it would write; the same string nowhere else. */
  readonly mark: string;
  readonly route: string;
  readonly turn: number;
}

export interface Conversation {
  readonly prompt: string;
  readonly script: ModelScript;
  readonly steps: readonly Step[];
  /** Where the main session is told to start the other one; absent where the client has none. */
  readonly spawn?: { readonly route: string; readonly turn: number };
}

/**
 * What the model says to one client: every forbidden call, one a turn, in the main session and then in one that it starts.
 * `thorough`: each by every tool that could do it, the client's own ways of switching guards off after them, and then the
 * forbidden things again. Else each tool once for each thing, in a conversation whose guards were attacked before it.
 *
 * @param word  made up for this conversation; marks begin with it
 */
export function planConversation(args: {
  client: string;
  words: Vocabulary;
  places: ProofPlaces;
  thorough: boolean;
  word: string;
}): Conversation {
  const { words, word } = args;
  const steps: Step[] = [];
  for (const agent of ["main", "subagent"] as const) {
    if (agent === "subagent" && !words.spawn) continue;
    const route = `${word} ${agent}`;
    const add = (attempt: Attempt, again: boolean, chosen: (calls: ScriptedTool[]) => ScriptedTool[]) => {
      // Each call has a mark of its own, so it is asked for once per call and taken by its place.
      const count = chosen(attempt.calls(words, args.places, "")).length;
      for (let index = 0; index < count; index += 1) {
        const mark = `${word}-${steps.length}`;
        const call = chosen(attempt.calls(words, args.places, mark))[index] as ScriptedTool;
        const turn = steps.filter((step) => step.route === route).length;
        steps.push({ agent, attempt, again, call, mark, route, turn });
      }
    };
    const inFull = args.thorough && agent === "main";
    const each = inFull ? (calls: ScriptedTool[]) => calls : args.thorough ? oncePerTool : agent === "main" ? oncePerTool : ends;
    for (const attempt of attempts) add(attempt, false, each);
    if (!args.thorough) continue;
    for (const attempt of listTampering(args.client)) add(attempt, false, inFull ? each : oncePerTool);
    for (const attempt of attempts) add(attempt, true, inFull ? oncePerTool : ends);
  }
  const script = writeScript(steps, words, word);
  const turn = steps.filter((step) => step.agent === "main").length;
  return { prompt: `${word} main`, script, steps, ...(words.spawn ? { spawn: { route: `${word} main`, turn } } : {}) };
}

/** The client's own way and Master OS's: what stands between was tried in the main session. */
function ends(calls: readonly ScriptedTool[]): ScriptedTool[] {
  const once = oncePerTool(calls);
  return once.filter((call, at) => at === 0 || /run$/.test(call.name));
}

function oncePerTool(calls: readonly ScriptedTool[]): ScriptedTool[] {
  return calls.filter((call, at) => calls.findIndex(({ name }) => name === call.name) === at);
}

function writeScript(steps: readonly Step[], words: Vocabulary, word: string): ModelScript {
  const turnsOf = (agent: Step["agent"]): ScriptedTurn[] =>
    steps.filter((step) => step.agent === agent).map(({ call }) => ({ tools: [call] }));
  const subagent = turnsOf("subagent");
  const spawn = subagent.length > 0 && words.spawn ? [{ tools: [words.spawn(`${word} subagent`)] }] : [];
  return {
    routes: [
      { match: `${word} subagent`, turns: subagent },
      { match: `${word} main`, turns: [...turnsOf("main"), ...spawn] },
    ],
    default: [],
    playsWithoutTools: false,
  };
}
