import type { TicketStage } from "../port/ticket-stage.ts";
import { executeTicket } from "./execute/execute-ticket.ts";
import { gateTicket } from "./gate/gate-ticket.ts";
import { mergeTicket } from "./merge/merge-ticket.ts";
import { settleVerdict } from "./verify/settle-verdict.ts";
import { verifyTicket } from "./verify/verify-ticket.ts";

/** The way of a ticket once it is claimed. Adding a stage is adding a row; the driver runs the first that applies. */
export const ticketStages: readonly TicketStage[] = [
  {
    name: "execute",
    inLane: false,
    applies: (ticket) => ticket.status.state === "in_progress",
    run: executeTicket,
  },
  {
    name: "verify",
    inLane: false,
    applies: (ticket) => ticket.status.state === "verifying" && !hasVerdict(ticket),
    run: verifyTicket,
  },
  {
    name: "settle",
    inLane: false,
    applies: (ticket) => ticket.status.state === "verifying" && hasVerdict(ticket) && ticket.verdict?.outcome === "fail",
    run: settleVerdict,
  },
  {
    name: "gate",
    inLane: true,
    applies: (ticket, carried) => isPassed(ticket) && carried.receipt === undefined,
    run: gateTicket,
  },
  {
    name: "merge",
    inLane: true,
    applies: (ticket, carried) => isPassed(ticket) && carried.receipt !== undefined,
    run: mergeTicket,
  },
];

type Staged = Parameters<TicketStage["applies"]>[0];

/** A verdict counts for the exact commit it was given for (I4). */
function hasVerdict(ticket: Staged): boolean {
  return ticket.verdict !== undefined && ticket.verdict.commit === ticket.work?.commit;
}

function isPassed(ticket: Staged): boolean {
  return ticket.status.state === "verifying" && hasVerdict(ticket) && ticket.verdict?.outcome === "pass";
}
