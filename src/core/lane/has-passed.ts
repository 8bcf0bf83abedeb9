import type { Ticket } from "../../contract/ticket.ts";

/** A verdict counts for the exact commit it was given for (I4). */
export function hasVerdict(ticket: Ticket): boolean {
  return ticket.verdict !== undefined && ticket.verdict.commit === ticket.work?.commit;
}

/** Verified, and so queued before the gate: nothing but its lane's lander takes it further. */
export function hasPassed(ticket: Ticket): boolean {
  return ticket.status.state === "verifying" && hasVerdict(ticket) && ticket.verdict?.outcome === "pass";
}
