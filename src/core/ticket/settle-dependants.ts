import type { Ticket } from "../../contract/ticket.ts";
import { listCauses } from "./cause.ts";
import { causeOfDependency, resolveDependency } from "./resolve-dependency.ts";
import type { TicketEvent } from "./ticket-event.ts";

export interface Settlement {
  readonly id: string;
  readonly event: TicketEvent;
  readonly reason: string;
}

/**
 * What becomes of those who wait for `id` once it merged, was superseded or withdrawn (T3): they go on, wait for its
 * successor, or ask the operator. In order: the new cause comes before the old one goes, so that nobody runs in between.
 *
 * @param tickets  all that are blocked and the successors of `id`, as they stand after that transition; more does no harm
 */
export function settleDependants(tickets: readonly Ticket[], id: string): Settlement[] {
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const dependency = resolveDependency(id, (key) => byId.get(key));
  const reason = dependency.state === "merged" ? `${dependency.end} merged` : `${id} will not merge`;
  return tickets
    .filter((ticket) => listCauses(ticket).some((cause) => cause.kind === "dependency" && cause.ref === id))
    .flatMap((ticket): Settlement[] => {
      const cause = causeOfDependency(ticket.id, dependency);
      const clear: TicketEvent = { kind: "clear", causes: [{ kind: "dependency", ref: id }] };
      const added: TicketEvent[] = cause === undefined ? [] : [{ kind: "block", causes: [cause] }];
      return [...added, clear].map((event) => ({ id: ticket.id, event, reason }));
    });
}
