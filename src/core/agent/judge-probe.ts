import type { AgentTool } from "../../contract/agent.ts";
import type { Capability, HookWorth, ProbedCall } from "../../contract/capability.ts";
import type { ModelCall, ModelRequest } from "../../contract/model-script.ts";
import { judgeAnswer } from "../prove/judge-answer.ts";
import type { ProbePart, ProbePlan, ProbeStep } from "./plan-probe.ts";
import { listStrange, nameForAgent, nameTool } from "./probe-words.ts";

/** What came of a run of the probe's. */
export interface ProbeSeen {
  readonly requests: readonly ModelRequest[];
  readonly calls: readonly ModelCall[];
  /** Content of a file of the tree afterwards; `undefined` where there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** Whether the client was given a hook at all. */
  readonly hooked: boolean;
}

/** What one conversation shows of the agent that had it. */
export type ProbeJudgement = Pick<
  Capability,
  "offered" | "works" | "refused" | "open" | "spawns" | "spawnLevels" | "asks" | "hooks" | "hooksBlock" | "calls"
>;

/** Pure. @param route  whose calls are judged; default the main session's */
export function judgeProbe(plan: ProbePlan, seen: ProbeSeen, route: string = plan.mainRoute): ProbeJudgement {
  const strange = plan.stranger ? listStrange(seen.requests.flatMap(({ tools }) => tools)) : [];
  const isAlone = plan.steps.every(({ expected }) => expected === "either");
  const offered = [...new Set(seen.requests.find((request) => request.route === route)?.tools ?? [])];
  const judged = plan.steps.filter((step) => step.route === route).map((step) => ({ step, call: judgeStep(step, seen, offered) }));
  const callsOf = (...parts: ProbePart[]) => judged.filter(({ step }) => parts.includes(step.part));
  // Of a client by itself nothing is expected: what it refuses of its own is told all the same.
  const refusals = judged.filter(({ step, call }) => call.expected === "refused" || (isAlone && !step.part.startsWith("hook")));
  const forbidden = judged.filter(({ call }) => call.expected === "refused");
  const began = (one: string) => seen.requests.some((request) => request.route === one);
  const levels = route === plan.mainRoute ? plan.levelRoutes : plan.levelRoutes.slice(plan.levelRoutes.indexOf(route) + 1);
  const spawnLevels = levels.filter(began).length;
  const hooks = judgeHooks(seen.hooked, (part) => callsOf(part)[0]?.call);
  return {
    offered,
    works: [
      ...new Set(
        judged.flatMap(({ step, call }): AgentTool[] => (step.tool !== undefined && call.outcome === "worked" ? [step.tool] : [])),
      ),
    ],
    refused: [...new Set(refusals.flatMap(({ call }) => (call.outcome === "refused" ? [call.tool] : [])))],
    open: [
      ...forbidden.flatMap(({ call }) => (call.outcome === "refused" ? [] : [describeOpen(call)])),
      ...[...new Set(strange)].map(
        (tool) => `it is offered ${tool}, and nobody has seen what that does: its own settings may leave it out`,
      ),
    ],
    spawns: spawnLevels > 0,
    spawnLevels,
    asks: callsOf("ask").some(({ call }) => call.outcome === "worked"),
    hooks,
    hooksBlock: hooks === "blocks",
    calls: judged.map(({ call }) => call),
  };
}

function describeOpen({ tool, does, outcome, words }: ProbedCall): string {
  return outcome === "worked" ? `it could ${does} (${tool})` : `it was not seen to be refused to ${does} (${tool}): ${words}`;
}

function judgeStep(step: ProbeStep, seen: ProbeSeen, offered: readonly string[]): ProbedCall {
  const { does, expected, deed, route, turn } = step;
  const made = seen.calls.find((call) => call.route === route && call.turn === turn);
  const tool = nameTool(nameForAgent(step.call, offered));
  const common = { tool, does, expected };
  const answer = made?.result?.text ?? "";
  const done =
    deed.kind === "answer"
      ? answer.includes(deed.mark)
      : deed.kind === "file"
        ? (seen.readFile(deed.path)?.includes(deed.mark) ?? false)
        : seen.requests.some((request) => request.route === deed.route);
  // Without the call no deed is its own: what stands in a file another one wrote.
  if (done && made) return { ...common, outcome: "worked", words: shorten(answer) };
  const isOffered = offered.includes(tool);
  const { outcome, layer, words } = judgeAnswer({ call: made && { ...made, name: tool }, offered });
  if (outcome === "refused") return { ...common, outcome: "refused", ...(layer ? { layer } : {}), words };
  if (made?.result && !isOffered && notThere.test(answer)) return { ...common, outcome: "refused", layer: "palette", words };
  if (made?.result && step.part === "ask" && nobody.test(answer)) return { ...common, outcome: "refused", layer: "settings", words };
  // What was to be written is not there: the disk says more than the words, whatever they are.
  if (made?.result && deed.kind === "file") return { ...common, outcome: "refused", layer: "box", words };
  return { ...common, outcome: "unclear", words };
}

/** A tool that the model was not offered, in the words of clients. */
const notThere =
  /unavailable|not available|not supported|unsupported|unknown|no such|no tool|not found|does not exist|invalid|is not a function/i;
/** A question that nobody is there to answer. */
const nobody = /cancel|dismiss|declined|not available|unavailable|non-?interactive|without .{0,20}(answer|user)/i;

/** Two calls that would work: one at which the hook denies, one of which it dies. Stopped by anything else, they show nothing. */
function judgeHooks(hooked: boolean, callOf: (part: ProbePart) => ProbedCall | undefined): HookWorth {
  if (!hooked) return "none";
  const [denied, died] = [callOf("hook-denies"), callOf("hook-dies")];
  if (denied?.outcome === "worked") return "unheard";
  if (denied?.layer !== "hook") return "not-seen";
  return died?.outcome === "refused" && died.layer === "hook" ? "blocks" : "explains";
}

const wordsMax = 200;

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= wordsMax ? line : `${line.slice(0, wordsMax - 2)} …`;
}
