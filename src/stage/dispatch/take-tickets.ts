import type { Diagnosis } from "../../contract/doctor.ts";
import type { Lease } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { mayRun } from "../../core/doctor/judge-cure.ts";
import { hasPassed } from "../../core/lane/has-passed.ts";
import { nameLane } from "../../core/lane/name-lane.ts";
import { chooseNext } from "../../core/schedule/choose-next.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import { leftOfWait, readWait } from "../../core/work/provider-wait.ts";
import type { StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

/**
 * Takes what may run now, up to `maxParallel` with what this workspace runs already: in one transaction, so that two
 * processes never take the same ticket, nor two whose paths overlap (T7). Each taken ticket has a new epoch and a lease.
 *
 * @param isAlive  whether a lease's worker still works, as this observer sees it (T5)
 * @param only  nothing but these, when given
 * @param domains  nothing but what belongs to these, when given
 */
export async function takeTickets(
  world: World,
  args: {
    maxParallel: number;
    isAlive: (lease: Lease) => boolean;
    diagnosis: Diagnosis;
    boxed: boolean;
    only?: ReadonlySet<string>;
    domains?: ReadonlySet<string>;
  },
): Promise<Ticket[]> {
  return world.store.write(async (tx) => {
    const [tickets, leases, lanes] = [await listUnfinished(tx), await tx.leases.list(), await tx.lanes.list()];
    const running = new Set(
      leases.filter((lease) => lease.key.startsWith("ticket:") && args.isAlive(lease)).map((lease) => lease.key.slice("ticket:".length)),
    );
    const paused = new Set(lanes.filter((lane) => lane.paused).map((lane) => lane.id));
    const waiting = await findWaiting(tx, { tickets, running, now: world.clock.now() });
    // What mos.yaml does not have may come back, or be there for a process that read it later.
    const known = new Set([...world.workspace.domains, world.workspace.operator].flatMap(({ repos }) => repos.map(({ lane }) => lane)));
    const isOpen = (ticket: Ticket) =>
      known.has(nameLane(ticket)) &&
      !waiting.has(ticket.id) &&
      !hasPassed(ticket) &&
      (args.only?.has(ticket.id) ?? true) &&
      (args.domains?.has(ticket.domain) ?? true) &&
      args.boxed &&
      !paused.has(nameLane(ticket)) &&
      mayRun(ticket, args.diagnosis);
    const choices = chooseNext({
      tickets,
      running,
      maxParallel: args.maxParallel,
      slotsPerRepo: world.workspace.config.limits.slotsPerRepo,
      isOpen,
    });
    const taken: Ticket[] = [];
    for (const { ticket, how } of choices) {
      const again = (await readWait(tx, ticket.id)) ? "its provider may be asked again" : "its worker is gone";
      const reason = how === "claim" ? "it is next, and no path of it is in use" : `${again} (epoch ${ticket.epoch})`;
      const { ticket: next } = await applyTransition(tx, ticket.id, { kind: how }, { actor: `worker:${world.worker.id}`, reason });
      if (next.status.state === "blocked") continue;
      await tx.leases.put({
        key: `ticket:${next.id}`,
        owner: world.worker.id,
        pid: world.worker.pid,
        process: world.worker.process,
        epoch: next.epoch,
        beat: 0,
      });
      taken.push(next);
    }
    return taken;
  });
}

/** All that may be taken or holds paths; never what is merged, which is most. */
async function listUnfinished(tx: StoreReader): Promise<Ticket[]> {
  const lists = [];
  for (const state of ["ready", "in_progress", "verifying"] as const) lists.push(await tx.tickets.list({ state }));
  return lists.flat();
}

/** Work that is begun and whose provider is over its limit: it keeps its paths, and is left alone until then. */
async function findWaiting(
  tx: StoreReader,
  args: { tickets: readonly Ticket[]; running: ReadonlySet<string>; now: string },
): Promise<ReadonlySet<string>> {
  const waiting = new Set<string>();
  for (const { id, status } of args.tickets) {
    if (args.running.has(id) || (status.state !== "in_progress" && status.state !== "verifying")) continue;
    if (leftOfWait(await readWait(tx, id), args.now) > 0) waiting.add(id);
  }
  return waiting;
}
