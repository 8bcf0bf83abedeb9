import type { Cause, Ticket } from "../../contract/ticket.ts";
import type { CauseMatch } from "./ticket-event.ts";

/** Adds causes to a set (T2): one of the same kind and ref is brought up to date, not doubled. */
export function addCauses(causes: readonly Cause[], added: readonly Cause[]): Cause[] {
  const set = [...causes];
  for (const cause of added) {
    const at = set.findIndex((other) => other.kind === cause.kind && other.ref === cause.ref);
    if (at < 0) set.push(cause);
    else set[at] = cause;
  }
  return set;
}

export function matchesCause(cause: Cause, match: CauseMatch): boolean {
  return cause.kind === match.kind && (match.ref === undefined || cause.ref === match.ref);
}

/** `superseded` and `withdrawn` never clear (T2). */
export function isFinalCause(cause: { readonly kind: Cause["kind"] }): boolean {
  return cause.kind === "superseded" || cause.kind === "withdrawn";
}

/** Why a ticket waits; none unless it is blocked. */
export function listCauses(ticket: Ticket): readonly Cause[] {
  return ticket.status.state === "blocked" ? ticket.status.causes : [];
}

export function isSuperseded(ticket: Ticket): boolean {
  return listCauses(ticket).some((cause) => cause.kind === "superseded");
}

export function isWithdrawn(ticket: Ticket): boolean {
  return listCauses(ticket).some((cause) => cause.kind === "withdrawn");
}

/** Whether nothing more will come of it: merged, superseded or withdrawn. */
export function isClosed(ticket: Ticket): boolean {
  return ticket.status.state === "merged" || listCauses(ticket).some(isFinalCause);
}
