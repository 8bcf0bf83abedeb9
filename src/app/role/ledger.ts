import { AgentRun } from "../../contract/agent.ts";
import type { PlayLimits } from "../../port/role-runtime.ts";
import type { World } from "../../port/world.ts";
import type { RoleParts, RunNeed } from "./role-parts.ts";

/** What is known of a run before it starts. */
export type RunDraft = RunNeed & Pick<AgentRun, "attempt"> & { readonly epoch?: number; readonly version?: string };

export type Reserved =
  | { readonly kind: "reserved"; readonly run: AgentRun; readonly limits: PlayLimits }
  | { readonly kind: "refused"; readonly reason: string; readonly clears: string };

/**
 * The row of a run, before anything of it starts (R9): what is left is counted and the row is written in one transaction, so
 * that two runs never take the same rest. A crash after it leaves a row that runs; the sweep closes it as `lost`.
 */
export async function reserveRun(world: World, draft: RunDraft, limitsLeft: RoleParts["limitsLeft"]): Promise<Reserved> {
  return world.store.write(async (tx) => {
    const left = await limitsLeft(world, tx, draft);
    if (!left.ok) return { kind: "refused", reason: left.reason, clears: left.clears };
    const id = `run-${await tx.nextNumber("run")}`;
    const { wallMs: _, ...known } = draft;
    const run = AgentRun.parse({
      ...known,
      id,
      owner: world.worker.id,
      state: "running",
      transcript: `log/run/${id}.jsonl`,
      startedAt: world.clock.now(),
    });
    await tx.agentRuns.put(run);
    await tx.append({
      ...common(world, run),
      kind: "run.started",
      reason: `${run.runtime} as ${run.role}`,
      data: { run: id, role: run.role, runtime: run.runtime, model: run.model, attempt: run.attempt },
    });
    return { kind: "reserved", run, limits: left.limits };
  });
}

/** What it used so far. A run that was closed meanwhile stays as it is. */
export async function flushUsage(world: World, id: string, usage: AgentRun["usage"]): Promise<void> {
  await world.store.write(async (tx) => {
    const run = await tx.agentRuns.get(id);
    if (run?.state === "running") await tx.agentRuns.put({ ...run, usage });
  });
}

/** Closes it, once. Gives the row as it is then: another's, where the sweep found it lost before. */
export async function closeRun(
  world: World,
  id: string,
  end: Pick<AgentRun, "state" | "message" | "usage" | "turns" | "toolCalls" | "denied"> &
    Partial<Pick<AgentRun, "failure" | "cost" | "version" | "conversation">>,
): Promise<AgentRun> {
  return world.store.write(async (tx) => {
    const run = await tx.agentRuns.get(id);
    if (!run) throw new Error(`the row of ${id} is gone`);
    if (run.state !== "running") return run;
    const closed: AgentRun = AgentRun.parse({ ...run, ...end, endedAt: world.clock.now() });
    await tx.agentRuns.put(closed);
    await tx.append({
      ...common(world, closed),
      kind: "run.ended",
      reason: `${closed.runtime} as ${closed.role}: ${closed.failure ?? closed.state}`,
      data: {
        run: id,
        role: closed.role,
        runtime: closed.runtime,
        state: closed.state,
        ...(closed.failure === undefined ? {} : { failure: closed.failure, message: closed.message }),
        usage: closed.usage,
        ...(closed.cost ? { cost: closed.cost } : {}),
        turns: closed.turns,
        toolCalls: closed.toolCalls,
        denied: closed.denied,
      },
    });
    return closed;
  });
}

function common(world: World, run: AgentRun) {
  return { domain: run.domain, ...(run.ticket === undefined ? {} : { ticket: run.ticket }), actor: `worker:${world.worker.id}` };
}

/** Usage as it comes, into the row: the newest alone, one write at a time. */
export function createFlusher(world: World, id: string): { take(usage: AgentRun["usage"]): void; end(): Promise<void> } {
  let next: AgentRun["usage"] | undefined;
  let writing: Promise<void> | undefined;
  const write = async () => {
    while (next) {
      const usage = next;
      next = undefined;
      // The store's trouble shows when the row is closed; the run itself is not ended by it.
      await flushUsage(world, id, usage).catch(() => undefined);
    }
    writing = undefined;
  };
  return {
    take(usage) {
      next = usage;
      writing ??= write();
    },
    end: async () => writing,
  };
}
