import { applyTransition } from "../core/ticket/apply-transition.ts";
import type { World } from "../port/world.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";

/** The operator releases a draft (T9). It is `ready` now, or blocked from there by what it depends on (T3). */
export async function readyTicket(world: World, args: { id: string }): Promise<TicketSummary> {
  const note = { actor: "operator", authority: "operator", reason: "released by the operator" };
  const { ticket } = await world.store.write((tx) => applyTransition(tx, args.id, { kind: "ready" }, note));
  return summariseTicket(ticket);
}
