import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBreaker } from "../../../src/core/run/create-breaker.ts";
import type { ToolOutcome } from "../../../src/port/role-runtime.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";

const seed = readSeed();
const runs = { seed, numRuns: scaleRuns({ short: 300, long: 20_000 }) };
const call = (tool: string, input: string, answer: string, failed = false): ToolOutcome => ({ tool, input, answer, failed });
const anyOutcome = fc.record({
  tool: fc.constantFrom("run", "read", "edit"),
  input: fc.constantFrom("a", "b", "c", "d"),
  answer: fc.constantFrom("x", "y"),
  failed: fc.boolean(),
});

/** Number of outcomes until it is ended, at most `max`. */
function countUntilEnd(sameOutcomes: number, next: (at: number) => ToolOutcome, max: number): number | undefined {
  const take = createBreaker(sameOutcomes);
  for (let at = 0; at < max; at += 1) if (take(next(at)) !== undefined) return at + 1;
  return undefined;
}

describe("the no-progress breaker", () => {
  test("V6: one failing call for ever ends at exactly the configured number of outcomes", () => {
    for (const n of [2, 3, 5, 100]) expect(countUntilEnd(n, () => call("run", "npm test", "1 failed", true), 1000)).toBe(n);
  });

  test("V6: so does one call that succeeds and says the same each time", () => {
    expect(countUntilEnd(5, () => call("read", "a", "text"), 1000)).toBe(5);
  });

  test("V6: work that goes on is never ended: edit and test in turn, each edit another, for hundreds of rounds", () => {
    const take = createBreaker(5);
    for (let round = 0; round < 14; round += 1) {
      expect(take(call("edit", `edit ${round}`, "ok"))).toBeUndefined();
      expect(take(call("run", "npm test", "the same failure", true))).toBeUndefined();
    }
    for (let round = 0; round < 500; round += 1) {
      expect(take(call("edit", `another ${round}`, "ok"))).toBeUndefined();
      expect(take(call("run", "npm test", `failure ${round}`, true))).toBeUndefined();
    }
  });

  test("V6: what happens between does not hide one failure for ever", () => {
    const ended = countUntilEnd(5, (at) => (at % 2 ? call("run", "npm test", "no", true) : call("edit", `edit ${at}`, "ok")), 1000);
    expect(ended).toBe(30);
  });

  test("V6: ever another call with the same failure and nothing else ends as well", () => {
    expect(countUntilEnd(5, (at) => call("edit", `guess ${at}`, "text not found", true), 1000)).toBe(10);
  });

  test("V6: one very call in a row ends it though its answer differs each time; another call between begins anew", () => {
    expect(countUntilEnd(5, (at) => call("run", "npm test", `chance ${at}`, true), 1000)).toBe(10);
    expect(countUntilEnd(5, (at) => call("run", "date", `now ${at}`), 1000)).toBe(20);
    const between = (at: number) => (at % 9 === 8 ? call("edit", `edit ${at}`, "ok") : call("run", "npm test", `chance ${at}`, true));
    expect(countUntilEnd(5, between, 1000)).toBeUndefined();
  });

  test("V6: files read a second time, as after a conversation was shortened, are no loop", () => {
    const take = createBreaker(5);
    for (let round = 0; round < 2; round += 1)
      for (let file = 0; file < 40; file += 1) expect(take(call("read", `file ${file}`, `text ${file}`))).toBeUndefined();
  });

  test("V6: the reason names a tool only by a plain name, and stays", () => {
    const take = createBreaker(2);
    take(call("run; rm -rf /\u001b[31m", "a", "b", true));
    const reason = take(call("run; rm -rf /\u001b[31m", "a", "b", true));
    expect(reason).toBe("the last 2 outcomes brought nothing new; the last call was a tool");
    expect(take(call("read", "new", "new"))).toBe(reason);
  });

  test(`V6: every cycle of calls ends, within two rounds and the configured number (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { minLength: 1, maxLength: 12 }), fc.integer({ min: 2, max: 12 }), (cycle, n) => {
        const max = 2 * cycle.length + n;
        expect(countUntilEnd(n, (at) => cycle[at % cycle.length] as ToolOutcome, max)).toBeLessThanOrEqual(max);
      }),
      runs,
    );
  });

  test(`V6: nothing is ended before the configured number, whatever happens (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 40 }), fc.integer({ min: 2, max: 12 }), (outcomes, n) => {
        const ended = countUntilEnd(n, (at) => outcomes[at] as ToolOutcome, outcomes.length);
        expect(ended ?? n).toBeGreaterThanOrEqual(n);
      }),
      runs,
    );
  });

  test(`V6: what is new each time is never ended, however long (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 60 }), fc.integer({ min: 2, max: 12 }), (outcomes, n) => {
        const each = outcomes.map((outcome, at) => ({ ...outcome, input: `${outcome.input} ${at}`, answer: `${outcome.answer} ${at}` }));
        expect(countUntilEnd(n, (at) => each[at] as ToolOutcome, each.length)).toBeUndefined();
      }),
      runs,
    );
  });
});
