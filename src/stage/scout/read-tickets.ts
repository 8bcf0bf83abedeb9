import type { Fact } from "../../contract/brief.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { isOpen } from "../../core/decision/find-serving.ts";

/** What the operator should know of a domain's tickets: those that wait, and drafts that lie there. */
export function readTickets(tickets: readonly Ticket[]): Fact[] {
  return tickets.filter(isOpen).flatMap((ticket): Fact[] => {
    if (ticket.status.state === "blocked") {
      const { causes } = ticket.status;
      const waits = causes.map((cause) => `${cause.kind}: ${cause.clears || (cause.detail ?? "")}`).join("; ");
      const mine = causes.some((cause) => cause.kind !== "dependency");
      return [
        { kind: "ticket", text: `${ticket.id} ${ticket.title} is blocked (${waits})`.slice(0, 1000), evidence: [], score: mine ? 30 : 12 },
      ];
    }
    if (ticket.status.state === "draft")
      return [{ kind: "ticket", text: `${ticket.id} ${ticket.title} is a draft`, evidence: [], score: 3 }];
    return [];
  });
}
