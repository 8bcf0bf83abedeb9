import PQueue from "p-queue";
import { ModelRole } from "../../contract/agent.ts";
import type { Capability, CapabilityAgent, CapabilityMap } from "../../contract/capability.ts";
import { judgeProbe, type ProbeJudgement } from "../../core/agent/judge-probe.ts";
import type { ProbeForm } from "../../core/agent/probe-words.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { AgentClientDriver, ClientFound } from "../../port/agent-client.ts";
import type { RunnableClient } from "../run-client.ts";
import { describeStart } from "./describe-start.ts";
import { type ProbeArgs, type ProbeStarted, startProbe } from "./start-probe.ts";

/** What came of probing one client. */
export type Probed =
  | { readonly kind: "seen"; readonly map: CapabilityMap }
  /** Not here, too old, or nothing that could be scripted: there is no map, and so no role. */
  | { readonly kind: "not-seen"; readonly runtime: string; readonly version?: string; readonly reason: string; readonly fix: string };

/** A program of somebody else's that can be looked at. */
export interface ProbedDriver {
  readonly driver: RunnableClient;
  readonly find: AgentClientDriver["find"];
  /** How its model speaks; none where nobody has seen that. */
  readonly forms: readonly ProbeForm[];
  /** How it starts by itself; absent where it does not, but for somebody. */
  readonly launchAlone?: NonNullable<ProbeArgs["launchAlone"]>;
}

/** Starts at once: they wait for the client more than they compute. */
const startsAtOnce = 3;

/**
 * One client, looked at as it starts by itself and as each role. A start that fails leaves out its rows, and is named.
 *
 * @param open  of the probe's workspace; asked only where the client is there
 */
export async function probeClient(
  args: Pick<ProbedDriver, "driver" | "forms"> & {
    found: ClientFound;
    open: () => Omit<ProbeArgs, "driver" | "found">;
    report: (text: string) => void;
    signal: AbortSignal;
  },
): Promise<Probed> {
  const { driver, found, forms } = args;
  const runtime = driver.name;
  if (found.kind === "absent") return { kind: "not-seen", runtime, reason: "it is not installed here", fix: found.remedy };
  const { version } = found;
  if (found.kind === "refused") return { kind: "not-seen", runtime, version, reason: found.reason, fix: found.remedy };
  if (forms.length === 0)
    return {
      ...{ kind: "not-seen", runtime, version, reason: "no scripted model speaks to it yet: nothing of it was seen" },
      fix: "Let another runtime play the roles that it has in mos.yaml.",
    };
  const opened = { ...args.open(), driver, found };
  const observedAt = opened.world.clock.now();
  const queue = new PQueue({ concurrency: startsAtOnce });
  const missed: CapabilityMap["missed"] = [];
  const alone = opened.launchAlone ? [undefined] : [];
  const targets = forms.flatMap((form) => [...alone, ...ModelRole.options].map((role) => ({ ...(role ? { role } : {}), form })));
  const started = await queue.addAll(
    targets.map((target) => async () => {
      args.signal.throwIfAborted();
      const { model } = target.form;
      const named = { agent: target.role ?? ("main" as const), ...(model === undefined ? {} : { model }) };
      const name = `${runtime} ${version} as ${named.agent}${model === undefined ? "" : ` with ${model}`}`;
      try {
        const rows = rowsOf(await startProbe(opened, target), target.role, { runtime, version, observedAt, ...named });
        args.report(`${name}: ${sumUp(rows)}`);
        return rows;
      } catch (cause) {
        args.signal.throwIfAborted();
        const reason = shorten(cause instanceof Error ? cause.message : String(cause));
        missed.push({ ...named, reason });
        args.report(`${name}: it could not be looked at: ${reason}`);
        return [];
      }
    }),
  );
  const seen = started.flat();
  const resumes = seen.some((row) => row.resumes);
  const rows = seen.map((row) => (row.agent === "main" || row.agent === "subagent" ? row : { ...row, resumes }));
  return { kind: "seen", map: { runtime, version, start: describeStart(driver), observedAt, rows, missed } };
}

const reasonMax = 400;

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= reasonMax ? line : `${line.slice(0, reasonMax - 2)} …`;
}

function rowsOf(
  start: ProbeStarted,
  role: ModelRole | undefined,
  common: Pick<Capability, "runtime" | "version" | "model" | "observedAt">,
): Capability[] {
  const { plan, seen, result, structured, resumed } = start;
  if (!seen.requests.some(({ route }) => route === plan.mainRoute)) {
    const why = result.reading.fault?.message || result.refused[0] || result.stderr || "it said nothing";
    throw new Error(`it asked its model nothing (${result.flooded ? "flood" : describeExit(result)}): ${why}`);
  }
  const { reading, usd } = result;
  const counted = reading.usage.inputTokens + reading.usage.outputTokens > 0;
  const rowOf = (agent: CapabilityAgent, judged: ProbeJudgement): Capability => ({
    ...common,
    agent,
    ...judged,
    structuredOutput: structured.came,
    ...(structured.by === undefined ? {} : { outputBy: structured.by }),
    resumes: resumed,
    cost: usd !== undefined ? "dollars" : counted ? "tokens" : "nothing",
  });
  const main = rowOf(role ?? "main", judgeProbe(plan, seen));
  const [level = ""] = plan.levelRoutes;
  const began = role === undefined && seen.requests.some(({ route }) => route === level);
  return began ? [main, rowOf("subagent", judgeProbe(plan, seen, level))] : [main];
}

function describeExit({ exitCode, endedBy }: ProbeStarted["result"]): string {
  return exitCode === null ? `ended by ${endedBy}` : `exit ${exitCode}`;
}

function sumUp(rows: readonly Capability[]): string {
  const [row] = rows;
  if (!row) return "nothing was seen";
  const open = row.open.length === 0 ? "" : `; NOT REFUSED: ${row.open.join(", ")}`;
  return `${countOf(row.offered.length, "tool")} offered, ${row.refused.length} refused${open}`;
}
