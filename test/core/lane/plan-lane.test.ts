import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchMax, estimateFailure, sizeBatch } from "../../../src/core/lane/failure-rate.ts";
import { type PlanLane, planLane } from "../../../src/core/lane/plan-lane.ts";
import { createRandom } from "../../support/kill-mos.ts";
import { simulateLane, waitingOf } from "../../support/simulate-lane.ts";

const without = (bad: readonly string[]) => (ids: readonly string[]) => !ids.some((id) => bad.includes(id));

const oneByOne: PlanLane = (state, args) => {
  const act = planLane(state, args);
  if (act?.kind !== "extend") return act;
  return state.train.length > 0 ? undefined : { kind: "extend", cars: act.cars.slice(0, 1) };
};

describe("what a lane does next", () => {
  test("G4: what is green together lands together, in its order, at the cost of one test run for a batch", () => {
    const { landings, builds, time } = simulateLane({ slots: 1, tickets: waitingOf(8), isGreen: () => true });
    expect(landings.flat()).toEqual(waitingOf(8).map(({ id }) => id));
    expect({ builds, time }).toEqual({ builds: 2, time: 2 });
  });

  test("G4a: several slots test longer prefixes at once, and each lands as soon as it is green", () => {
    const { landings, builds, time } = simulateLane({ slots: 4, tickets: waitingOf(16), isGreen: () => true });
    expect(landings.flat()).toHaveLength(16);
    expect({ builds, time }).toEqual({ builds: 4, time: 1 });
  });

  test("G4b: a batch that fails is bisected by prefixes; the good before the bad one land, and it alone is retried and rejected", () => {
    const { landings, rejected, retries, controls, acts } = simulateLane({
      slots: 1,
      tickets: waitingOf(4),
      isGreen: without(["MUS-3"]),
    });
    expect(landings).toEqual([["MUS-1", "MUS-2"], ["MUS-4"]]);
    expect(rejected).toEqual(["MUS-3"]);
    // Main was seen green after the batch had failed: that is the control.
    expect({ retries, controls }).toEqual({ retries: 1, controls: 0 });
    expect(acts.filter(({ kind }) => kind === "probe")).toEqual([
      { kind: "probe", length: 2 },
      { kind: "probe", length: 1 },
    ]);
  });

  test("G4c: the first of a train that fails twice is rejected after a control run of main without it", () => {
    const { landings, rejected, controls } = simulateLane({ slots: 2, tickets: waitingOf(3), isGreen: without(["MUS-1"]) });
    expect(landings.flat()).toEqual(["MUS-2", "MUS-3"]);
    expect({ rejected, controls }).toEqual({ rejected: ["MUS-1"], controls: 1 });
  });

  test("G4d: a base that fails without any ticket stops the lane; nobody is rejected for it", () => {
    const { landings, rejected, baseRed } = simulateLane({ slots: 2, tickets: waitingOf(5), isGreen: () => false });
    expect({ landings, rejected, baseRed }).toEqual({ landings: [], rejected: [], baseRed: true });
  });

  test("G4c: a check that fails once heals at its retry, and its ticket lands", () => {
    const { landings, rejected, retries } = simulateLane({ slots: 1, tickets: waitingOf(1), isGreen: (_, run) => run !== 1 });
    expect({ landings, rejected, retries }).toEqual({ landings: [["MUS-1"]], rejected: [], retries: 1 });
  });

  test("G4: of two that are green each and red together, the first lands and the second does not", () => {
    const clash = (ids: readonly string[]) => !(ids.includes("MUS-2") && ids.includes("MUS-5"));
    const { landings, rejected } = simulateLane({ slots: 3, tickets: waitingOf(6), isGreen: clash });
    expect(landings.flat().sort()).toEqual(["MUS-1", "MUS-2", "MUS-3", "MUS-4", "MUS-6"]);
    expect(rejected).toEqual(["MUS-5"]);
  });

  test("G6: an urgent one that comes later goes before all that has not landed", () => {
    const tickets = [...waitingOf(12), { id: "MUS-99", urgent: true, alone: false, at: 0.5 }];
    const { landings } = simulateLane({ slots: 2, tickets, isGreen: () => true });
    expect(landings[0]).toEqual(["MUS-99"]);
    expect(landings.flat()).toHaveLength(13);
  });

  test("G4f, G2c: what changes the meaning of checks lands by itself", () => {
    const { landings } = simulateLane({
      slots: 4,
      tickets: waitingOf(9, (index) => ({ alone: index === 4 })),
      isGreen: () => true,
    });
    expect(landings).toContainEqual(["MUS-5"]);
    expect(landings.flat()).toHaveLength(9);
  });

  test("G4a: the size of a batch is about 1/√p of what was observed, bounded", () => {
    expect(sizeBatch({ judged: 0, failed: 0 })).toBe(5);
    expect(sizeBatch({ judged: 180, failed: 19 })).toBe(3);
    expect(sizeBatch({ judged: 200, failed: 0 })).toBe(15);
    expect(sizeBatch({ judged: 20, failed: 20 })).toBe(1);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), (judged, failed) => {
        const rate = { judged: judged + failed, failed };
        const size = sizeBatch(rate);
        return size >= 1 && size <= batchMax && estimateFailure(rate) > 0 && estimateFailure(rate) < 1;
      }),
    );
  });

  const lane = fc.record({
    slots: fc.integer({ min: 1, max: 6 }),
    count: fc.integer({ min: 0, max: 40 }),
    bad: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }),
    pairs: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })), { maxLength: 4 }),
    urgent: fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 4 }),
    alone: fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 4 }),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  });

  test("G4, I3: whatever fails, alone or together, each ticket lands once or is rejected; what landed is green at every landing", () => {
    fc.assert(
      fc.property(lane, ({ slots, count, bad, pairs, urgent, alone, seed }) => {
        const random = createRandom(seed);
        const isBad = (id: string) => bad.includes(Number(id.slice(4)));
        const isGreen = (ids: readonly string[]) => {
          const numbers = new Set(ids.map((id) => Number(id.slice(4))));
          return !ids.some(isBad) && !pairs.some(([a, b]) => a !== b && numbers.has(a) && numbers.has(b));
        };
        const tickets = waitingOf(count, (index) => ({
          urgent: urgent.includes(index),
          alone: alone.includes(index),
          at: Math.floor(random() * 10),
        }));
        const { landings, rejected, baseRed } = simulateLane({ slots, tickets, isGreen, takes: () => 0.5 + random() });
        expect(baseRed).toBe(false);
        expect([...landings.flat(), ...rejected].sort()).toEqual(tickets.map(({ id }) => id).sort());
        expect(landings.flat().filter(isBad)).toEqual([]);
        const main: string[] = [];
        for (const landing of landings) {
          main.push(...landing);
          expect(isGreen(main)).toBe(true);
        }
        // Who is neither bad nor in a clash is never rejected.
        const clashing = new Set(pairs.flat());
        expect(rejected.filter((id) => !isBad(id) && !clashing.has(Number(id.slice(4))))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test("G4: checks that fail now and then hold up, and reject next to nobody", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 4 }), (seed, slots) => {
        const random = createRandom(seed);
        const isGreen = () => random() > 0.03;
        const { landings, rejected, baseRed } = simulateLane({ slots, tickets: waitingOf(40), isGreen, takes: () => 0.5 + random() });
        // Three failures in a row, by chance: the retry and main's control.
        if (!baseRed) expect(landings.flat().length + rejected.length).toBe(40);
        expect(rejected.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 200 },
    );
  });

  test("G4: at 24 tickets with 2 bad, test runs per landed ticket and time stay within the bounds, by the plan alone", () => {
    for (const [slots, buildsMost, timeMost] of [
      [1, 0.65, 0.6],
      [4, 0.8, 0.35],
    ] as const) {
      const seen = Array.from({ length: 101 }, (_, seed) => {
        const random = createRandom(seed + 1);
        const bad = new Set<string>();
        while (bad.size < 2) bad.add(`MUS-${1 + Math.floor(random() * 24)}`);
        const lane = { tickets: waitingOf(24), isGreen: without([...bad]), takes: () => 1 + random() / 10 };
        const { builds, time, rejected } = simulateLane({ ...lane, slots });
        expect([...rejected].sort()).toEqual([...bad].sort());
        return { perLanded: builds / 22, time: time / simulateLane({ ...lane, slots: 1, plan: oneByOne }).time };
      });
      const median = (of: (one: (typeof seen)[number]) => number) => seen.map(of).sort((a, b) => a - b)[50] as number;
      expect(median(({ perLanded }) => perLanded)).toBeLessThanOrEqual(buildsMost);
      expect(median(({ time }) => time)).toBeLessThanOrEqual(timeMost);
    }
  });
});
