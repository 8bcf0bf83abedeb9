import fc from "fast-check";
import { expect, test } from "vitest";
import { orderByGroup, overtakenMax, type Queued } from "../../../src/core/lane/order-by-group.ts";
import { readSeed } from "../../support/read-seed.ts";

const seed = readSeed();
const rows = fc.array(fc.record({ urgent: fc.boolean(), group: fc.integer({ min: 0, max: 4 }) }), { maxLength: 40 });

function build(given: readonly { urgent: boolean; group: number }[]) {
  const queued: Queued[] = given.map(({ urgent }, at) => ({ id: `MUS-${at + 1}`, priority: urgent ? 100 : 50 }));
  const groups = [0, 1, 2, 3].map((group) => queued.filter((_, at) => given[at]?.group === group).map(({ id }) => id));
  return { queued, groups };
}

test("G4h: tickets of one group stand next to one another, in the order of the queue", () => {
  const { queued, groups } = build([0, 1, 0, 2, 1].map((group) => ({ urgent: false, group })));
  expect(orderByGroup(queued, groups).map(({ id }) => id)).toEqual(["MUS-1", "MUS-3", "MUS-2", "MUS-5", "MUS-4"]);
});

test(`G6: urgent ones go first, nobody is lost, and nobody is passed by more than so many behind it (seed ${seed})`, () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: overtakenMax }), (given, most) => {
      const { queued, groups } = build(given);
      const ordered = orderByGroup(queued, groups, most);
      expect(new Set(ordered)).toEqual(new Set(queued));
      expect(ordered).toHaveLength(queued.length);
      const urgent = ordered.filter((one) => one.priority >= 100);
      expect(ordered.slice(0, urgent.length)).toEqual(urgent);
      for (const some of [urgent, ordered.slice(urgent.length)]) {
        const age = (one: Queued) => queued.indexOf(one);
        if (some.length > 0) expect(Math.min(...some.map(age))).toBe(age(some[0] as Queued));
        for (const [at, one] of some.entries()) {
          const passedBy = some.slice(0, at).filter((other) => age(other) > age(one));
          expect(passedBy.length).toBeLessThanOrEqual(most);
        }
      }
    }),
    { seed, numRuns: 1000 },
  );
});

test(`where patience has no end, every group stands together (seed ${seed})`, () => {
  fc.assert(
    fc.property(rows, (given) => {
      const { queued, groups } = build(given.map((row) => ({ ...row, urgent: false })));
      const ordered = orderByGroup(queued, groups, Number.POSITIVE_INFINITY);
      for (const group of groups.filter((ids) => ids.length > 0)) {
        const places = group.map((id) => ordered.findIndex((one) => one.id === id));
        expect(Math.max(...places) - Math.min(...places)).toBe(group.length - 1);
      }
    }),
    { seed, numRuns: 500 },
  );
});
