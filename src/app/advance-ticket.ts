import { MosError } from "../contract/error.ts";
import type { Ticket } from "../contract/ticket.ts";
import { hasPassed } from "../core/lane/has-passed.ts";
import { applyTransition } from "../core/ticket/apply-transition.ts";
import type { StageContext } from "../port/ticket-stage.ts";
import type { World } from "../port/world.ts";
import { ticketStages } from "../stage/pipeline.ts";

/**
 * Drives one taken ticket through the table of stages until none applies: it is queued before the gate, blocked or superseded.
 * The attempt's lease is given back at the end. A failure that no stage expects blocks the ticket (crash).
 */
export async function advanceTicket(world: World, args: { id: string; epoch: number }): Promise<void> {
  try {
    await driveTicket(world, args);
  } catch (cause) {
    if (!world.signal.aborted) await blockCrashed(world, args, cause);
  } finally {
    await releaseLease(world, args);
  }
  const ticket = await world.store.read((tx) => tx.tickets.get(args.id));
  if (ticket) reportEnd(world, ticket);
}

async function driveTicket(world: World, args: { id: string; epoch: number }): Promise<void> {
  for (;;) {
    world.signal.throwIfAborted();
    const context = await readContext(world, args);
    const stage = context && ticketStages.find((row) => row.applies(context.ticket));
    if (!context || !stage || !(await runStage(world, stage, context))) return;
  }
}

/** Whether the stage changed anything: one that did not would be run for ever. */
async function runStage(world: World, stage: (typeof ticketStages)[number], context: StageContext): Promise<boolean> {
  const { ticket } = context;
  world.report({ stage: stage.name, domain: ticket.domain, ticket: ticket.id, state: "start", text: ticket.title });
  await stage.run(world, context);
  const after = await world.store.read((tx) => tx.tickets.get(ticket.id));
  return after?.version !== ticket.version;
}

/** The ticket as it is now; `undefined` once this attempt is not the one that holds it (T5). */
async function readContext(world: World, { id, epoch }: { id: string; epoch: number }): Promise<StageContext | undefined> {
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
  return { ticket, domain, repo, signal: world.signal };
}

async function blockCrashed(world: World, { id, epoch }: { id: string; epoch: number }, cause: unknown): Promise<void> {
  const message = cause instanceof Error ? cause.message : String(cause);
  const clears = cause instanceof MosError ? cause.hint : `the cause is mended, then: mos ticket unblock ${id}`;
  await world.store.write(async (tx) => {
    const ticket = await tx.tickets.get(id);
    if (!ticket || ticket.epoch !== epoch || ticket.status.state === "merged" || ticket.status.state === "blocked") return;
    if (cause instanceof MosError && (cause.code === "ticket-stale" || cause.code === "ticket-refused")) return;
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

/** Tells whoever watches where a ticket's way ended for now. */
export function reportEnd(world: World, ticket: Ticket): void {
  world.report({ stage: "ticket", domain: ticket.domain, ticket: ticket.id, ...describeEnd(ticket) });
}

function describeEnd(ticket: Ticket): { state: "done" | "failed" | "update"; text: string } {
  const { id, status } = ticket;
  if (status.state === "merged") return { state: "done", text: `${id} merged as ${status.commit.slice(0, 12)}` };
  if (status.state !== "blocked")
    return { state: "update", text: hasPassed(ticket) ? `${id} waits for the gate` : `${id} is ${status.state}` };
  return {
    state: "failed",
    text: `${id} is blocked: ${status.causes.map((cause) => `${cause.kind}: ${cause.detail ?? cause.clears}`).join("; ")}`,
  };
}
