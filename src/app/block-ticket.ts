import { applyTransition } from "../core/ticket/apply-transition.ts";
import type { World } from "../port/world.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";

/** The operator holds a ticket back, whatever its state but merged (T1). Its lease ends: what runs for it hands in nothing. */
export async function blockTicket(world: World, args: { id: string; reason: string }): Promise<TicketSummary> {
  const cause = { kind: "operator" as const, clears: `the operator: mos ticket unblock ${args.id}`, detail: args.reason };
  const note = { actor: "operator", authority: "operator", reason: args.reason };
  const { ticket } = await world.store.write((tx) => applyTransition(tx, args.id, { kind: "block", causes: [cause] }, note));
  return summariseTicket(ticket);
}
