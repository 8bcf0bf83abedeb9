import { applyTransition } from "../core/ticket/apply-transition.ts";
import type { World } from "../port/world.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";

/** The operator gives a ticket up, for good (T2). Those that wait for it ask whether to go on without it (T3). */
export async function withdrawTicket(world: World, args: { id: string; reason?: string }): Promise<TicketSummary> {
  const note = { actor: "operator", authority: "operator", reason: args.reason ?? "withdrawn by the operator" };
  const { ticket } = await world.store.write((tx) => applyTransition(tx, args.id, { kind: "withdraw" }, note));
  return summariseTicket(ticket);
}
