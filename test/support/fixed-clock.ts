import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../src/port/clock.ts";

/** A clock that stands where it is set and rises by a millisecond with each look, so that no two events share a time. */
export function createFixedClock(start = "2026-11-01T08:00:00.000Z"): Clock & { set(instant: string): void } {
  let now = Date.parse(start);
  return {
    now: () => new Date(now++).toISOString(),
    monotonicMs: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
    set: (instant) => {
      now = Date.parse(instant);
    },
  };
}
