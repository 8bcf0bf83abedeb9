import type { Fault } from "./judge-fault.ts";

const attemptsMax = 8;
const brokenAttemptsMax = 3;
const firstMs = 1000;
const longestMs = 60_000;

/**
 * How long to wait before the same request is made again; `undefined`: it is not. What the provider says is honoured as it is:
 * where that is longer than the run has left, or than a run should stand and wait, it ends and may be had again later.
 */
export function planRetry(args: { fault: Fault; attempt: number; leftMs: number }): number | undefined {
  const { fault, attempt, leftMs } = args;
  if (!fault.again) return undefined;
  const broken = fault.failure === "malformed" || fault.failure === "died";
  if (attempt >= (broken ? brokenAttemptsMax : attemptsMax)) return undefined;
  const waitMs = Math.max(fault.retryAfterMs ?? 0, Math.min(longestMs, firstMs * 2 ** (attempt - 1)));
  return waitMs > 2 * longestMs || waitMs >= leftMs ? undefined : waitMs;
}
