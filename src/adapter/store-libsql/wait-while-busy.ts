import { randomInt } from "node:crypto";
import type { Clock } from "../../port/clock.ts";
import { isBusy, storeBusy } from "./store-error.ts";

const pauseMsMax = 12;

/**
 * Tries again while another process is in the way, for `busyMs` at most; then `store-busy`.
 * The waiting is here and not in the engine, whose own would stop the whole process. The pauses are random, so that
 * of many waiting processes none is always last.
 */
export async function waitWhileBusy<T>(
  { file, clock, busyMs }: { file: string; clock: Clock; busyMs: number },
  attempt: () => T | Promise<T>,
): Promise<T> {
  const until = clock.monotonicMs() + busyMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (clock.monotonicMs() >= until) throw storeBusy(file, error);
    }
    await pause(randomInt(1, pauseMsMax));
  }
}

/** Real time, whatever the injected clock says: what is waited for is another process. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
