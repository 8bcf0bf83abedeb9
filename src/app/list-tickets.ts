import type { Cause, Ticket, TicketState } from "../contract/ticket.ts";
import { compareIds } from "../core/schedule/compare-turn.ts";
import { listCauses } from "../core/ticket/cause.ts";
import type { World } from "../port/world.ts";

/** A ticket as `mos ticket list` shows it: a public shape. */
export interface TicketSummary {
  readonly id: string;
  readonly domain: string;
  readonly repo: string;
  readonly title: string;
  readonly state: TicketState["state"];
  /** Where a blocked one returns to. */
  readonly from?: string;
  readonly causes: readonly Cause[];
  readonly attempts: number;
  readonly priority: number;
  readonly touches: readonly string[];
  readonly dependsOn: readonly string[];
  readonly successor?: string;
  readonly commit?: string;
  readonly receipt?: string;
}

/** The workspace's tickets by domain prefix and number, or those of one domain or in one state. */
export async function listTickets(world: World, where: { domain?: string; state?: TicketState["state"] } = {}): Promise<TicketSummary[]> {
  const tickets = await world.store.read((tx) => tx.tickets.list(where.domain === undefined ? {} : { domain: where.domain }));
  return tickets
    .filter((ticket) => where.state === undefined || ticket.status.state === where.state)
    .sort((a, b) => compareIds(a.id, b.id))
    .map(summariseTicket);
}

export function summariseTicket(ticket: Ticket): TicketSummary {
  const { status } = ticket;
  return {
    id: ticket.id,
    domain: ticket.domain,
    repo: ticket.repo,
    title: ticket.title,
    state: status.state,
    ...(status.state === "blocked" ? { from: status.from } : {}),
    causes: listCauses(ticket),
    attempts: ticket.epoch,
    priority: ticket.priority,
    touches: ticket.touches,
    dependsOn: ticket.dependsOn,
    ...(ticket.successor === undefined ? {} : { successor: ticket.successor }),
    ...(status.state === "merged" ? { commit: status.commit, receipt: status.receipt } : {}),
  };
}
