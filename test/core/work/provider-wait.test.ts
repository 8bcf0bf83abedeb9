import { expect, test } from "vitest";
import { leftOfWait, type ProviderWait, planWait } from "../../../src/core/work/provider-wait.ts";

const now = "2026-11-20T08:00:00.000Z";
const at = (ms: number) => new Date(Date.parse(now) + ms).toISOString();

test("T15: the provider's own word is kept to, else each wait is twice as long, up to a quarter of an hour", () => {
  expect(planWait({ now, retryAfterMs: 7000, reason: "" }).until).toBe(at(7000));
  const waits: number[] = [];
  let previous: ProviderWait | undefined;
  for (let times = 1; times <= 9; times += 1) {
    previous = planWait({ now, previous, reason: "" });
    waits.push(Date.parse(previous.until) - Date.parse(now));
  }
  expect(waits.slice(0, 3)).toEqual([15_000, 30_000, 60_000]);
  expect(waits.at(-1)).toBe(900_000);
  expect(previous?.times).toBe(9);
});

test("T15: a retry-after of nothing still lets time pass, and one of years is a day", () => {
  expect(planWait({ now, retryAfterMs: 0, reason: "" }).until).toBe(at(250));
  expect(planWait({ now, retryAfterMs: 1e12, reason: "" }).until).toBe(at(24 * 3_600_000));
});

test("T15: what is left is by the clock; one that was set back by more than a day holds nobody", () => {
  const wait = planWait({ now, retryAfterMs: 7000, reason: "" });
  expect(leftOfWait(wait, at(2000))).toBe(5000);
  expect(leftOfWait(wait, at(8000))).toBe(0);
  expect(leftOfWait(wait, at(-48 * 3_600_000))).toBe(0);
  expect(leftOfWait(undefined, now)).toBe(0);
});
