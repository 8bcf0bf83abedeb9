import { AgentRun } from "../../contract/agent.ts";
import { priceUsage } from "../../core/run/price-usage.ts";
import { maxUsage } from "../../core/run/sum-tokens.ts";
import type { PlayLimits } from "../../port/role-runtime.ts";
import type { StoreReader, StoreWriter } from "../../port/store.ts";
import type { World } from "../../port/world.ts";
import type { RoleParts, RunNeed } from "./role-parts.ts";

/** What is known of a run before it starts. */
export type RunDraft = RunNeed & Pick<AgentRun, "attempt"> & { readonly epoch?: number; readonly version?: string };

export type Reserved =
  | { readonly kind: "reserved"; readonly run: AgentRun; readonly limits: PlayLimits }
  | { readonly kind: "refused"; readonly reason: string; readonly clears: string };

/**
 * The row of a run, before anything of it starts (R9): what is left is counted and the row is written in one transaction, so
 * that two runs never take the same rest. A crash after it leaves a row that runs, and a lease whose process is gone: the
 * sweep closes it as `lost` (V7).
 */
export async function reserveRun(world: World, draft: RunDraft, limitsLeft: RoleParts["limitsLeft"]): Promise<Reserved> {
  return world.store.write(async (tx) => {
    const left = await limitsLeft(world, tx, draft);
    if (!left.ok) return { kind: "refused", reason: left.reason, clears: left.clears };
    const id = `run-${await tx.nextNumber("run")}`;
    const { wallMs: _, ...known } = draft;
    const session = draft.session ?? (await findOwnSession(world, tx));
    const run = AgentRun.parse({
      ...known,
      ...(session === undefined ? {} : { session }),
      id,
      owner: world.worker.id,
      state: "running",
      transcript: `log/run/${id}.jsonl`,
      startedAt: world.clock.now(),
    });
    await tx.agentRuns.put(run);
    const { id: owner, pid, process } = world.worker;
    await tx.leases.put({ key: `run:${id}`, owner, pid, process, epoch: 1, beat: 0 });
    await tx.append({
      ...common(world, run),
      kind: "run.started",
      reason: `${run.runtime} as ${run.role}`,
      data: { run: id, role: run.role, runtime: run.runtime, model: run.model, attempt: run.attempt },
    });
    return { kind: "reserved", run, limits: left.limits };
  });
}

/** What it used so far, never less than was known. A run that was closed meanwhile stays as it is. */
export async function flushUsage(world: World, id: string, usage: AgentRun["usage"]): Promise<void> {
  await world.store.write(async (tx) => {
    const run = await tx.agentRuns.get(id);
    if (run?.state === "running") await putCounted(tx, run, { ...run, usage: maxUsage(run.usage, usage) });
  });
}

/**
 * Closes it, once. Gives the row as it is then: one that the sweep found lost before stays lost, and what it used after all is
 * counted all the same.
 */
export async function closeRun(
  world: World,
  id: string,
  end: Pick<AgentRun, "state" | "message" | "usage" | "turns" | "toolCalls" | "denied"> &
    Partial<Pick<AgentRun, "failure" | "cost" | "version" | "conversation">>,
): Promise<AgentRun> {
  return world.store.write(async (tx) => {
    const run = await tx.agentRuns.get(id);
    if (!run) throw new Error(`the row of ${id} is gone`);
    const usage = maxUsage(run.usage, end.usage);
    const cost = end.cost ?? run.cost ?? priceUsage(usage, run.model, world.workspace.config.prices);
    const counted = { usage, ...(cost === undefined ? {} : { cost }) };
    await tx.leases.remove(`run:${id}`);
    if (run.state !== "running") return putCounted(tx, run, { ...run, ...counted });
    const closed = AgentRun.parse({ ...run, ...end, ...counted, endedAt: world.clock.now() });
    await putCounted(tx, run, closed);
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

/** The row and its session's counter in one transaction: what a run used is counted once. */
async function putCounted(tx: StoreWriter, before: AgentRun, after: AgentRun): Promise<AgentRun> {
  await tx.agentRuns.put(after);
  const session = after.session === undefined ? undefined : await tx.sessions.get(after.session);
  const more = after.usage.requests - before.usage.requests;
  if (session && more > 0) await tx.sessions.put({ ...session, modelCalls: session.modelCalls + more });
  return after;
}

/** The session that this process plays: what runs meanwhile is its work. */
async function findOwnSession(world: World, tx: StoreReader): Promise<string | undefined> {
  if ((await tx.leases.get("session"))?.owner !== world.worker.id) return undefined;
  return (await tx.sessions.list()).find(({ endedAt }) => endedAt === undefined)?.id;
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
