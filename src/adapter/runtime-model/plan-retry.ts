import { decideBackOff } from "../../core/run/decide-back-off.ts";
import type { Fault } from "./judge-fault.ts";

/** What breaks or makes no sense seldom gets better by waiting. */
const brokenAttemptsMax = 3;

/**
 * How long to wait before the same request is made again; `undefined`: it is not. What the provider says is honoured as it is:
 * where that is longer than the run has left, or than a run should stand and wait, it ends and may be had again later.
 */
export function planRetry(args: {
  fault: Fault;
  /** Requests made so far, at least 1. */
  attempt: number;
  waitedMs: number;
  leftMs: number;
  random: number;
}): number | undefined {
  const { fault, attempt, waitedMs, leftMs, random } = args;
  if (!fault.again) return undefined;
  const broken = fault.failure === "malformed" || fault.failure === "died";
  if (broken && attempt >= brokenAttemptsMax) return undefined;
  const backOff = decideBackOff({ attempt, waitedMs, retryAfterMs: fault.retryAfterMs, random });
  return backOff.kind === "wait" && backOff.ms < leftMs ? backOff.ms : undefined;
}
