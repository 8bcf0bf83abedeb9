import { applyTransition } from "../core/ticket/apply-transition.ts";
import type { World } from "../port/world.ts";
import { listLanes } from "./find-lane.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";

/**
 * The operator gives a ticket up, for good (T2). Those that wait for it ask whether to go on without it (T3). With one whose landing
 * broke off in a repository that mos.yaml does not have, that landing is given up too (G8b): nobody else could ever end it.
 */
export async function withdrawTicket(world: World, args: { id: string; reason?: string }): Promise<TicketSummary> {
  const note = { actor: "operator", authority: "operator", reason: args.reason ?? "withdrawn by the operator" };
  const lanes = new Set(listLanes(world).map(({ lane }) => lane));
  const { ticket } = await world.store.write(async (tx) => {
    for (const { id, lane, receipt } of await tx.landings.list()) {
      if (lanes.has(lane) || !receipt.tickets.includes(args.id)) continue;
      await tx.landings.remove(id);
      const reason = `the landing of ${receipt.tickets.join(", ")} in ${lane}, which mos.yaml does not have, is given up`;
      const data = { lane, tickets: receipt.tickets, commit: receipt.commit, base: receipt.base };
      await tx.append({ ...{ kind: "gate.given-up", ticket: args.id, reason, data }, actor: "operator", authority: "operator" });
    }
    return applyTransition(tx, args.id, { kind: "withdraw" }, note);
  });
  return summariseTicket(ticket);
}
