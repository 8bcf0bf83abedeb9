import { expect, test } from "vitest";
import { countSteps } from "../../support/count-steps.ts";

const rooms = /\/src\/core\/(schedule|lane)\//;

test.each([
  ["evenly", 1.25],
  ["so unevenly that the busiest has one in ten", 2],
])("T7, G4: what the scheduling core does grows at most as n log n, tickets drawn over repositories %s", async (_, exponent) => {
  const takeSteps = countSteps((url) => rooms.test(url));
  // Only what is loaded from now on is counted.
  const { simulateSchedule } = await import("../../../bench/schedule/simulate-schedule.ts");
  const { replayActs } = await import("../../../bench/schedule/record-core.ts");
  const countFor = (tickets: number): number => {
    const { acts, landed } = simulateSchedule({ tickets, repositories: 100, workers: 26, seed: 7, exponent });
    expect(landed).toBe(tickets);
    takeSteps();
    replayActs(acts);
    return takeSteps();
  };
  const [small, large] = [100, 10_000];
  const grown = countFor(large) / countFor(small);
  expect(grown).toBeGreaterThan(large / small / 2);
  expect(grown).toBeLessThanOrEqual((large * Math.log(large)) / (small * Math.log(small)));
});
