import type { Ticket } from "../../contract/ticket.ts";

/**
 * Ids of the open tickets that serve the question with this key: approved, neither landed nor given up. A superseded
 * ticket's successor stands for it. A draft that was filed for a question not yet decided does not serve it.
 */
export function findServing(key: string, tickets: readonly Ticket[]): string[] {
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const ends = tickets.filter((ticket) => readDecisionKey(ticket) === key).map((ticket) => followSuccessors(ticket, byId));
  return [...new Set(ends.filter(isOpen).map((ticket) => ticket.id))];
}

/** Whether work on it may still come. */
export function isOpen(ticket: Ticket): boolean {
  const { status } = ticket;
  if (status.state === "merged") return false;
  return status.state !== "blocked" || !status.causes.some((cause) => cause.kind === "superseded" || cause.kind === "withdrawn");
}

/** The candidate's key in a ticket's `<session>/<domain>/<key>`. */
function readDecisionKey(ticket: Ticket): string | undefined {
  return ticket.provenance.decision?.split("/").slice(2).join("/");
}

function followSuccessors(ticket: Ticket, byId: ReadonlyMap<string, Ticket>): Ticket {
  let end = ticket;
  for (let step = 0; step < byId.size; step += 1) {
    const next = end.successor === undefined ? undefined : byId.get(end.successor);
    if (next === undefined) return end;
    end = next;
  }
  return end;
}
