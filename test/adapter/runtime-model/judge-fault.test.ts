import { describe, expect, test } from "vitest";
import { judgeFault } from "../../../src/adapter/runtime-model/judge-fault.ts";
import { planRetry } from "../../../src/adapter/runtime-model/plan-retry.ts";
import { RunEnd } from "../../../src/adapter/runtime-model/run-end.ts";

const now = "2026-11-20T08:00:00.000Z";
const answered = (statusCode: number, more: object = {}) => Object.assign(new Error("words"), { statusCode, ...more });

describe("what a failed request came to", () => {
  test.each([
    [429, "rate-limit", true],
    [500, "overload", true],
    [503, "overload", true],
    [529, "overload", true],
    [408, "overload", true],
    [400, "refused-by-provider", false],
    [401, "refused-by-provider", false],
    [404, "refused-by-provider", false],
    [413, "refused-by-provider", false],
  ])("RT8: %d is %s, tried again: %s", (status, failure, again) => {
    expect(judgeFault(answered(status), now)).toMatchObject({ failure, again });
  });

  test("RT8: an account that is spent is not waited for, whatever its status", () => {
    const fault = judgeFault(answered(429, { responseBody: '{"error":{"code":"insufficient_quota"}}' }), now);
    expect(fault).toMatchObject({ failure: "refused-by-provider", again: false });
  });

  test("RT9: what cannot be parsed is malformed; what breaks is a connection that died", () => {
    expect(judgeFault(Object.assign(new Error("bad"), { name: "AI_JSONParseError" }), now)).toMatchObject({ failure: "malformed" });
    expect(judgeFault(new TypeError("terminated"), now)).toMatchObject({ failure: "died", again: true });
    expect(judgeFault("a string", now)).toMatchObject({ failure: "died" });
  });

  test("RT15: an end that came from within a request is found through what the SDK put around it", () => {
    const end = new RunEnd("budget", "enough");
    expect(judgeFault(new Error("fetch failed", { cause: new Error("again", { cause: end }) }), now)).toBe(end);
  });

  test("RT32: when to come back is read where the provider says it", () => {
    expect(judgeFault(answered(429, { responseHeaders: { "retry-after": "7" } }), now)).toMatchObject({ retryAfterMs: 7000 });
    expect(judgeFault(answered(529, { responseHeaders: { "retry-after": "soon" } }), now)).not.toHaveProperty("retryAfterMs");
  });
});

describe("whether to ask again", () => {
  const overload = { failure: "overload", message: "", again: true } as const;
  const plan = (attempt: number, fault: Parameters<typeof planRetry>[0]["fault"] = overload, leftMs = 1_000_000) =>
    planRetry({ fault, attempt, waitedMs: 0, leftMs, random: 0.5 });

  test("RT32: later each time, never sooner than the provider said, and not for ever", () => {
    const waits = [1, 2, 3, 4, 5].map((attempt) => plan(attempt) ?? Number.NaN);
    expect(waits).toEqual([...waits].sort((one, other) => one - other));
    expect(waits[0]).toBeGreaterThan(0);
    expect(plan(6)).toBeUndefined();
    expect(plan(1, { ...overload, retryAfterMs: 45_000 })).toBeGreaterThanOrEqual(45_000);
    expect(plan(1, { ...overload, again: false })).toBeUndefined();
  });

  test("RT8: a wait that outlasts the run, or that no run should stand through, is not begun", () => {
    expect(plan(1, { ...overload, retryAfterMs: 45_000 }, 40_000)).toBeUndefined();
    expect(plan(1, { ...overload, retryAfterMs: 3_600_000 }, 10_000_000)).toBeUndefined();
  });

  test("RT9: what breaks or makes no sense is tried fewer times than what asks to wait", () => {
    expect(plan(3, { failure: "malformed", message: "", again: true })).toBeUndefined();
    expect(plan(3)).toBeDefined();
  });
});
