import type { Ticket } from "../../contract/ticket.ts";
import { excerptLog } from "../../core/gate/excerpt-log.ts";
import type { Refusal } from "../../stage/gate/settle-car.ts";
import type { Failed, Failure } from "./known-tests.ts";

/** What a ticket's last failure means for it. */
export function refusalOf(ticket: Ticket, { outcome, tree }: Failure): Refusal {
  if (outcome.kind === "red") return { ...outcome, tree };
  const clears = `${outcome.clears} Then: mos ticket unblock ${ticket.id}`;
  return { kind: outcome.kind === "refused" ? "refused" : "crash", reason: outcome.reason, clears };
}

/** In a few words, for who watches. */
export function describeOutcome(outcome: Failed): string {
  return outcome.kind === "red" ? `${outcome.name}: ${excerptLog(outcome.detail)}`.slice(0, 300) : outcome.reason;
}
