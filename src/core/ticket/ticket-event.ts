import type { Cause, CauseKind, Provenance, Ticket, TicketDraft, Work } from "../../contract/ticket.ts";
import type { ResolvedDependency } from "./resolve-dependency.ts";

/** Which causes `clear` removes. Without `ref`: all of that kind. */
export interface CauseMatch {
  readonly kind: CauseKind;
  readonly ref?: string | undefined;
}

/** What an edit may change: all of a draft but the domain, which its id names. */
export type TicketChanges = Partial<Omit<TicketDraft, "domain">>;

/** Everything that can happen to a ticket. */
export type TicketEvent =
  | { readonly kind: "edit"; readonly changes: TicketChanges }
  /** `provenance`: the decision that now stands behind a draft which was filed before it was made. */
  | { readonly kind: "ready"; readonly provenance?: Provenance }
  | { readonly kind: "claim" }
  | { readonly kind: "take-over" }
  | { readonly kind: "hand-in"; readonly work: Work }
  /** Another attempt under `verifying` (T5). */
  | { readonly kind: "revalidate" }
  /** The same change made anew on a newer base, by the attempt that `revalidate` began. */
  | { readonly kind: "replace-work"; readonly work: Work }
  | { readonly kind: "verdict"; readonly verdict: NonNullable<Ticket["verdict"]> }
  | { readonly kind: "land"; readonly commit: string; readonly receipt: string }
  | { readonly kind: "block"; readonly causes: readonly Cause[] }
  | { readonly kind: "clear"; readonly causes: readonly CauseMatch[] }
  | { readonly kind: "supersede"; readonly successor: string }
  | { readonly kind: "withdraw" };

/** What a transition asks of whoever stores it. `applyTransition` does all of these but `file-successor`. */
export type TicketEffect =
  /** The ticket holds no lease any more. */
  | { readonly kind: "release-lease" }
  /** A ticket that is ready while a dependency is not: the next transition, in the same transaction. */
  | { readonly kind: "block"; readonly causes: readonly Cause[] }
  /** Those who wait for this ticket are looked at again. */
  | { readonly kind: "clear-dependants" }
  /** T4: the caller files a successor, or asks the operator. */
  | { readonly kind: "file-successor" };

/** Facts that a transition needs and the ticket does not hold. Missing facts refuse. */
export interface TransitionContext {
  /** One for each id in `dependsOn`: for `ready`, `claim`, and `clear` of a dependency. */
  readonly dependencies?: readonly ResolvedDependency[];
  /** `operator`, a decision's id, a receipt's id: on whose authority. */
  readonly authority?: string;
  /** An intent to land this ticket is written: main may have moved already. */
  readonly landing?: boolean;
}

export interface Refusal {
  readonly kind: "refused";
  /** The rule of docs/spec/ticket.md. */
  readonly rule: string;
  readonly reason: string;
  readonly remedy: string;
}

export type TransitionResult = { readonly kind: "next"; readonly ticket: Ticket; readonly effects: readonly TicketEffect[] } | Refusal;
