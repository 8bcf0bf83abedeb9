import PQueue from "p-queue";
import { ModelRole } from "../../contract/agent.ts";
import type { Capability, CapabilityAgent, CapabilityMap } from "../../contract/capability.ts";
import { judgeProbe, type ProbeJudgement } from "../../core/agent/judge-probe.ts";
import { findProbeWords } from "../../core/agent/probe-words.ts";
import type { AgentClientDriver, ClientFound } from "../../port/agent-client.ts";
import { describeStart } from "./describe-start.ts";
import { type ProbeArgs, type ProbeStarted, startProbe } from "./start-probe.ts";

/** What came of probing one client. */
export type Probed =
  | { readonly kind: "seen"; readonly map: CapabilityMap; readonly notes: readonly string[] }
  /** Not here, too old, or nothing that could be scripted: there is no map, and so no role. */
  | { readonly kind: "not-seen"; readonly runtime: string; readonly version?: string; readonly reason: string; readonly fix: string };

/** Starts at once: they wait for the client more than they compute. */
const startsAtOnce = 2;

/**
 * One client, looked at as it starts by itself and as each role. A start that fails leaves out its rows, and is named.
 *
 * @param open  of the probe's workspace; asked only where the client is there
 */
export async function probeClient(args: {
  driver: AgentClientDriver;
  found: ClientFound;
  open: () => Omit<ProbeArgs, "driver" | "found">;
  report: (text: string) => void;
  signal: AbortSignal;
}): Promise<Probed> {
  const { driver, found } = args;
  const runtime = driver.name;
  if (found.kind === "absent") return { kind: "not-seen", runtime, reason: "it is not installed here", fix: found.remedy };
  const { version } = found;
  if (found.kind === "refused") return { kind: "not-seen", runtime, version, reason: found.reason, fix: found.remedy };
  if (!findProbeWords(runtime))
    return {
      ...{ kind: "not-seen", runtime, version, reason: "no scripted model speaks to it yet: nothing of it was seen" },
      fix: "Let another runtime play the roles that it has in mos.yaml.",
    };
  const opened = { ...args.open(), driver, found };
  const observedAt = opened.world.clock.now();
  const queue = new PQueue({ concurrency: startsAtOnce });
  const notes: string[] = [];
  const started = await queue.addAll(
    [undefined, ...ModelRole.options].map((role) => async () => {
      args.signal.throwIfAborted();
      const name = role ?? "main";
      try {
        const start = await startProbe(opened, role);
        const rows = rowsOf(start, role, { runtime, version, observedAt });
        args.report(`${runtime} ${version} as ${name}: ${sumUp(rows)}`);
        return rows;
      } catch (cause) {
        args.signal.throwIfAborted();
        notes.push(`${name} could not be looked at: ${cause instanceof Error ? cause.message : String(cause)}`);
        return [];
      }
    }),
  );
  const rows = started.flat();
  const map: CapabilityMap = { runtime, version, start: describeStart(driver), observedAt, rows };
  return { kind: "seen", map, notes };
}

function rowsOf(start: ProbeStarted, role: ModelRole | undefined, common: Pick<Capability, "runtime" | "version" | "observedAt">) {
  const { plan, seen, result, structured, resumed } = start;
  if (!seen.requests.some(({ route }) => route === plan.mainRoute)) {
    const end = `exit ${result.exitCode ?? result.endedBy}: ${result.stderr.replace(/\s+/g, " ").slice(0, 200)}`;
    throw new Error(`it asked its model nothing (${end})`);
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

function sumUp(rows: readonly Capability[]): string {
  const [row] = rows;
  if (!row) return "nothing was seen";
  const open = row.open.length === 0 ? "" : `; NOT REFUSED: ${row.open.join(", ")}`;
  return `${row.offered.length} tools offered, ${row.refused.length} refused${open}`;
}
