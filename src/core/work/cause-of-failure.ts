import type { RunFailure } from "../../contract/agent.ts";
import { unreachable } from "../../contract/error.ts";
import type { Cause } from "../../contract/ticket.ts";

/** A run that gave nothing, as far as its ticket is concerned. `clears` is for a reader. */
export interface FailedRun {
  readonly failure: RunFailure;
  /** Untrusted. */
  readonly message: string;
  readonly clears: string;
  readonly retryAfterMs?: number | undefined;
  readonly refusal?: { readonly message: string; readonly hint: string } | undefined;
  /** How often the guards refused a call of it. */
  readonly denied?: number | undefined;
}

/** What follows from it for the ticket. */
export type Consequence =
  /** Nothing is wrong with the work: it is tried again after a while. */
  | { readonly kind: "wait" }
  | { readonly kind: "block"; readonly cause: Cause }
  /** The attempt fell short (T4). */
  | { readonly kind: "fell-short" };

/** An executor that is refused this often is not confused: it is stopped, whatever it hands in (T10). */
export const refusalsMax = 10;
const detailChars = 500;

/** Why the ticket waits, by why its run failed (T11). Every failure has one answer. */
export function judgeFailure(ticket: string, run: FailedRun): Consequence {
  const detail = run.message.slice(0, detailChars);
  const unblock = `then: mos ticket unblock ${ticket}`;
  const block = (kind: Cause["kind"], clears: string, ref?: string): Consequence => ({
    kind: "block",
    cause: { kind, clears, ...(ref === undefined ? {} : { ref }), ...(detail === "" ? {} : { detail }) },
  });
  switch (run.failure) {
    case "rate-limit":
    case "overload":
      return { kind: "wait" };
    case "budget":
      return block("budget", `${run.clears}, ${unblock}`, "run");
    case "no-progress":
      return (run.denied ?? 0) >= refusalsMax
        ? block("guard", `the operator withdraws it (mos ticket withdraw ${ticket}) and files it anew without what was refused`, "refusals")
        : block("no-progress", `${run.clears}, ${unblock}`, "run");
    case "not-ready":
      return block("capability", `${run.clears}, ${unblock}`, "run");
    case "secret": {
      const { message, hint } = run.refusal ?? { message: run.message, hint: run.clears };
      const clears = `the operator withdraws it (mos ticket withdraw ${ticket}) and files it anew. ${hint}`;
      return { kind: "block", cause: { kind: "guard", ref: "hand-in", clears, detail: message.slice(0, detailChars) } };
    }
    case "no-output":
    case "off-schema":
    case "died":
    case "timeout":
    case "flood":
    case "malformed":
    case "refused-by-provider":
    case "cancelled":
      return { kind: "fell-short" };
    default:
      return unreachable(run.failure);
  }
}
