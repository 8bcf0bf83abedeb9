import { hasPassed, hasVerdict } from "../core/lane/has-passed.ts";
import type { TicketStage } from "../port/ticket-stage.ts";
import { executeTicket } from "./execute/execute-ticket.ts";
import { settleVerdict } from "./verify/settle-verdict.ts";
import { verifyTicket } from "./verify/verify-ticket.ts";

/**
 * The way of a ticket once it is claimed. Adding a stage is adding a row; the driver runs the first that applies. One that has
 * passed is past them all: it is queued before the gate, and its lane's lander takes it from there (src/app/lane/).
 */
export const ticketStages: readonly TicketStage[] = [
  {
    name: "execute",
    applies: (ticket) => ticket.status.state === "in_progress",
    run: executeTicket,
  },
  {
    name: "verify",
    applies: (ticket) => ticket.status.state === "verifying" && !hasVerdict(ticket),
    run: verifyTicket,
  },
  {
    name: "settle",
    applies: (ticket) => ticket.status.state === "verifying" && hasVerdict(ticket) && !hasPassed(ticket),
    run: settleVerdict,
  },
];
