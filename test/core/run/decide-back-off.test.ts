import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backOffLimits, decideBackOff, isBusyStatus, readRetryAfter } from "../../../src/core/run/decide-back-off.ts";
import { readSeed } from "../../support/read-seed.ts";

const seed = readSeed();
const now = "2026-11-20T08:00:00.000Z";

describe("backing off", () => {
  test("V8: 429, 503 and 529 say not now; nothing else is asked again", () => {
    const busy = Array.from({ length: 600 }, (_, status) => status).filter(isBusyStatus);
    expect(busy).toEqual([429, 503, 529]);
  });

  test("V8: waits double, between half and the whole, until the limit", () => {
    const waits = (random: number) =>
      [1, 2, 3, 4, 5].map((attempt) => decideBackOff({ attempt, waitedMs: 0, retryAfterMs: undefined, random }));
    expect(waits(0).map((wait) => wait.kind === "wait" && wait.ms)).toEqual([500, 1000, 2000, 4000, 8000]);
    expect(waits(1).map((wait) => wait.kind === "wait" && wait.ms)).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(decideBackOff({ attempt: 6, waitedMs: 0, retryAfterMs: undefined, random: 0 })).toEqual({ kind: "give-up" });
  });

  test("V8: who asks for longer than is waited for is given up", () => {
    expect(decideBackOff({ attempt: 1, waitedMs: 0, retryAfterMs: 3_600_000, random: 0 })).toEqual({ kind: "give-up" });
    expect(decideBackOff({ attempt: 2, waitedMs: 100_000, retryAfterMs: 30_000, random: 0 })).toEqual({ kind: "give-up" });
  });

  test(`V8: what the provider names is never undercut, and every wait is bounded (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 200_000 }),
        fc.option(fc.integer({ min: 0, max: 100_000_000 }), { nil: undefined }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, waitedMs, retryAfterMs, random) => {
          const decided = decideBackOff({ attempt, waitedMs, retryAfterMs, random });
          if (decided.kind === "give-up") return;
          expect(decided.ms).toBeGreaterThanOrEqual(retryAfterMs ?? 0);
          expect(decided.ms).toBeLessThanOrEqual(backOffLimits.waitMsMax);
          expect(waitedMs + decided.ms).toBeLessThanOrEqual(backOffLimits.totalMsMax);
          expect(attempt).toBeLessThan(backOffLimits.attempts);
        },
      ),
      { seed },
    );
  });

  test("V8: retry-after is read as seconds, milliseconds or a date, at most a day; nonsense says nothing", () => {
    expect(readRetryAfter({ "retry-after": "2" }, now)).toBe(2000);
    expect(readRetryAfter({ "retry-after": "0.5" }, now)).toBe(500);
    expect(readRetryAfter({ "retry-after": "7", "retry-after-ms": "250" }, now)).toBe(250);
    expect(readRetryAfter({ "retry-after": "Fri, 20 Nov 2026 08:00:30 GMT" }, now)).toBe(30_000);
    expect(readRetryAfter({ "retry-after": "Fri, 20 Nov 2020 08:00:30 GMT" }, now)).toBe(0);
    expect(readRetryAfter({ "retry-after": "99999999" }, now)).toBe(86_400_000);
    for (const value of ["", "soon", "-5 minutes", "NaN", undefined, ["2"]])
      expect(readRetryAfter({ "retry-after": value }, now)).toBeUndefined();
  });
});
