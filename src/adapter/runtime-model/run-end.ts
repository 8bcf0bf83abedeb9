import type { RunFailure } from "../../contract/agent.ts";

/** Ends a run from wherever it is known: thrown by what sees it, caught by the run alone. */
export class RunEnd extends Error {
  readonly failure: RunFailure;
  readonly retryAfterMs: number | undefined;
  readonly refusal: { message: string; hint: string } | undefined;

  constructor(failure: RunFailure, message: string, more: { retryAfterMs?: number; refusal?: { message: string; hint: string } } = {}) {
    super(message);
    this.failure = failure;
    this.retryAfterMs = more.retryAfterMs;
    this.refusal = more.refusal;
  }
}
