import { MosError } from "../contract/error.ts";
import type { Lease } from "../contract/run.ts";
import type { Ticket } from "../contract/ticket.ts";
import { applyTransition } from "../core/ticket/apply-transition.ts";
import type { Carried, GradeDomain, StageContext } from "../port/ticket-stage.ts";
import type { World } from "../port/world.ts";
import { reconcileLandings } from "../stage/merge/reconcile-landings.ts";
import { ticketStages } from "../stage/pipeline.ts";
import { withLease } from "./hold-lease.ts";

export interface Advanced {
  readonly merged: boolean;
  readonly builds: number;
}

/**
 * Drives one taken ticket through the table of stages until none applies: it is merged, blocked or superseded, or its lane
 * waits. The attempt's lease is given back at the end. A failure that no stage expects blocks the ticket (crash).
 */
export async function advanceTicket(
  world: World,
  args: { id: string; epoch: number; isAlive: (lease: Lease) => boolean; grade: GradeDomain },
): Promise<Advanced> {
  const carried: Carried = { builds: 0 };
  try {
    await driveTicket(world, { ...args, carried });
  } catch (cause) {
    if (!world.signal.aborted) await blockCrashed(world, args, cause);
  } finally {
    await releaseLease(world, args);
  }
  const ticket = await world.store.read((tx) => tx.tickets.get(args.id));
  if (ticket) world.report({ stage: "ticket", domain: ticket.domain, ticket: ticket.id, ...describeEnd(ticket) });
  return { merged: ticket?.status.state === "merged", builds: carried.builds };
}

type DriveArgs = Parameters<typeof advanceTicket>[1] & { carried: Carried };

async function driveTicket(world: World, args: DriveArgs): Promise<void> {
  for (;;) {
    world.signal.throwIfAborted();
    const context = await readContext(world, args);
    const stage = context && ticketStages.find((row) => row.applies(context.ticket, args.carried));
    if (!context || !stage) return;
    if (!stage.inLane) {
      if (!(await runStage(world, stage, context))) return;
    } else if (!(await runInLane(world, context, args))) return;
  }
}

/** The lane's stages follow one another under one hold of the lane, so that nothing lands between test and landing. */
async function runInLane(world: World, { repo }: StageContext, args: DriveArgs): Promise<boolean> {
  return withLease(world, { key: `lane:${repo.lane}`, isAlive: args.isAlive, signal: world.signal }, async () => {
    // The lane's last holder may have died between main and the record: settled first, or its ticket lands twice (I7).
    await reconcileLandings(world, repo.lane);
    for (;;) {
      const context = await readContext(world, args);
      const stage = context && ticketStages.find((row) => row.applies(context.ticket, args.carried));
      if (!context || !stage?.inLane) return true;
      if ((await world.store.read((tx) => tx.lanes.get(repo.lane)))?.paused) return false;
      if (!(await runStage(world, stage, context))) return false;
    }
  });
}

/** Whether the stage changed anything: one that did not would be run for ever. */
async function runStage(world: World, stage: (typeof ticketStages)[number], context: StageContext): Promise<boolean> {
  const { ticket, carried } = context;
  const before = carried.receipt;
  world.report({ stage: stage.name, domain: ticket.domain, ticket: ticket.id, state: "start", text: ticket.title });
  await stage.run(world, context);
  const after = await world.store.read((tx) => tx.tickets.get(ticket.id));
  return after?.version !== ticket.version || carried.receipt !== before;
}

/** The ticket as it is now; `undefined` once this attempt is not the one that holds it (T5). */
async function readContext(world: World, { id, epoch, grade, carried }: DriveArgs): Promise<StageContext | undefined> {
  const { ticket, lease } = await world.store.read(async (tx) => ({
    ticket: await tx.tickets.get(id),
    lease: await tx.leases.get(`ticket:${id}`),
  }));
  if (!ticket || lease?.owner !== world.worker.id || lease.epoch !== epoch || ticket.epoch !== epoch) return undefined;
  const domain = [...world.workspace.domains, world.workspace.operator].find((one) => one.name === ticket.domain);
  const repo = domain?.repos.find((one) => one.name === ticket.repo);
  if (!domain || !repo) {
    throw new MosError({
      code: "repository-unknown",
      message: `${id} is for ${ticket.domain}/${ticket.repo}, which mos.yaml does not have`,
      hint: `Put it back into mos.yaml, or withdraw ${id}.`,
    });
  }
  return { ticket, domain, repo, grade, carried, signal: world.signal };
}

async function blockCrashed(world: World, { id, epoch }: { id: string; epoch: number }, cause: unknown): Promise<void> {
  const message = cause instanceof Error ? cause.message : String(cause);
  const clears = cause instanceof MosError ? cause.hint : `the cause is mended, then: mos ticket unblock ${id}`;
  await world.store.write(async (tx) => {
    const ticket = await tx.tickets.get(id);
    if (!ticket || ticket.epoch !== epoch || ticket.status.state === "merged" || ticket.status.state === "blocked") return;
    if (cause instanceof MosError && (cause.code === "ticket-stale" || cause.code === "ticket-refused")) return;
    const landing = (await tx.landings.list()).find((one) => one.ticket === id);
    if (landing) {
      // Main may hold its work: nothing but the landing's own end moves the ticket (T6), and the next run sees to that.
      const reason = `the landing of ${id} broke off: ${message.slice(0, 500)}. To complete it: mos run`;
      await tx.lanes.put({ id: landing.lane, paused: { by: "crash", reason, paths: [] } });
      await tx.append({ kind: "lane.paused", domain: ticket.domain, ticket: id, actor: "mos", reason, data: { lane: landing.lane } });
      return;
    }
    const causes = [{ kind: "crash" as const, clears: `${clears} Then: mos ticket unblock ${id}`, detail: message.slice(0, 500) }];
    await applyTransition(tx, id, { kind: "block", causes }, { actor: "mos", reason: message.slice(0, 500) });
  });
}

async function releaseLease(world: World, { id, epoch }: { id: string; epoch: number }): Promise<void> {
  await world.store.write(async (tx) => {
    const lease = await tx.leases.get(`ticket:${id}`);
    if (lease?.owner === world.worker.id && lease.epoch === epoch) await tx.leases.remove(lease.key);
  });
}

function describeEnd({ id, status }: Ticket): { state: "done" | "failed" | "update"; text: string } {
  if (status.state === "merged") return { state: "done", text: `${id} merged as ${status.commit.slice(0, 12)}` };
  if (status.state !== "blocked") return { state: "update", text: `${id} is ${status.state}` };
  return {
    state: "failed",
    text: `${id} is blocked: ${status.causes.map((cause) => `${cause.kind}: ${cause.detail ?? cause.clears}`).join("; ")}`,
  };
}
