import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ticket } from "../../../src/contract/ticket.ts";
import { createAgenda } from "../../../src/core/schedule/agenda.ts";
import { createSortedList } from "../../../src/core/schedule/sorted-list.ts";
import { makeTicket, objectId } from "../../support/make-ticket.ts";
import { readSeed } from "../../support/read-seed.ts";
import { chooseByDefinition } from "./choose-by-definition.ts";

const seed = readSeed();
const long = process.env.MOS_TEST_LONG === "1";

const states: readonly Ticket["status"][] = [
  { state: "ready" },
  { state: "ready" },
  { state: "in_progress" },
  { state: "verifying" },
  { state: "draft" },
  { state: "merged", commit: objectId(1), receipt: "r" },
  { state: "blocked", from: "in_progress", causes: [{ kind: "operator", clears: "the operator" }] },
];
const paths = ["a", "a/b", "A/B", "a/b/c.md", "c/", "c/d", "*.md", "e.md", "**/x", "c/?", "a/*/c.md", "**", "CHANGELOG.md"];

/** One thing that happens to one ticket: what it is now, or that it is gone. */
const step = fc.record({
  number: fc.integer({ min: 1, max: 14 }),
  repo: fc.constantFrom("home", "home", "app"),
  touches: fc.subarray(paths, { maxLength: 3 }),
  appends: fc.constantFrom<string[]>([], ["CHANGELOG.md"]),
  priority: fc.constantFrom(10, 50, 50, 100),
  status: fc.constantFrom(...states),
  running: fc.boolean(),
  open: fc.constantFrom(true, true, true, false),
  gone: fc.constantFrom(false, false, false, false, true),
});

test(`T7: after whatever happened, the agenda chooses what the rule says (seed ${seed})`, () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
      (steps, free, slotsPerRepo) => {
        const agenda = createAgenda({ slotsPerRepo });
        const known = new Map<string, { ticket: Ticket; running: boolean; open: boolean }>();
        for (const { number, running, open, gone, ...given } of steps) {
          const id = `MUS-${number}`;
          if (gone) {
            agenda.remove(id);
            known.delete(id);
          } else {
            const ticket = makeTicket({ ...given, id });
            agenda.put(ticket, { running, open });
            known.set(id, { ticket, running, open });
          }
          const all = [...known.values()];
          const live = new Set(all.filter((one) => one.running).map((one) => one.ticket.id));
          const told = chooseByDefinition({
            tickets: all.map((one) => one.ticket),
            running: live,
            maxParallel: live.size + free,
            slotsPerRepo,
            isOpen: (ticket) => known.get(ticket.id)?.open ?? false,
          });
          expect(agenda.choose(free)).toEqual(told);
        }
      },
    ),
    { seed, numRuns: long ? 20_000 : 1500 },
  );
});

test(`T7: an agenda that is worked off, one worker after the other, chooses at each moment what the rule says (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (steps, workers) => {
      const agenda = createAgenda({ slotsPerRepo: 3 });
      const left = new Map(steps.map(({ touches, repo, priority }, at) => [`MUS-${at + 1}`, { touches, repo, priority }]));
      const tickets = new Map([...left].map(([id, given]) => [id, makeTicket({ ...given, id, status: { state: "ready" } })]));
      for (const ticket of tickets.values()) agenda.put(ticket);
      const running: string[] = [];
      while (tickets.size > 0) {
        const chosen = agenda.choose(workers - running.length);
        const told = chooseByDefinition({
          tickets: [...tickets.values()],
          running: new Set(running),
          maxParallel: workers,
          slotsPerRepo: 3,
        });
        expect(chosen).toEqual(told);
        for (const { ticket } of chosen) {
          const begun: Ticket = { ...ticket, status: { state: "in_progress" } };
          tickets.set(ticket.id, begun);
          agenda.put(begun, { running: true });
          running.push(ticket.id);
        }
        const done = running.shift();
        expect(done).toBeDefined();
        tickets.delete(done as string);
        agenda.remove(done as string);
      }
      expect(agenda.size).toBe(0);
    }),
    { seed, numRuns: long ? 5000 : 500 },
  );
});

test("T7: a repository whose slots are full offers nothing, and stands in nobody's way", () => {
  const agenda = createAgenda({ slotsPerRepo: 1 });
  for (const number of [1, 2]) agenda.put(makeTicket({ id: `MUS-${number}`, touches: [`${number}.md`], status: { state: "ready" } }));
  agenda.put(makeTicket({ id: "AGY-1", domain: "agency", status: { state: "ready" }, priority: 10 }));
  expect(agenda.choose(9).map(({ ticket }) => ticket.id)).toEqual(["MUS-1", "AGY-1"]);
  agenda.put(makeTicket({ id: "MUS-1", touches: ["1.md"], status: { state: "in_progress" } }), { running: true });
  expect(agenda.choose(9).map(({ ticket }) => ticket.id)).toEqual(["AGY-1"]);
  agenda.remove("MUS-1");
  expect(agenda.choose(1).map(({ ticket }) => ticket.id)).toEqual(["MUS-2"]);
});

test(`a sorted list is what sorting gives, whatever was added and removed (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.boolean()), { maxLength: 1200 }), (steps) => {
      const list = createSortedList<number>((a, b) => a - b);
      const told = new Set<number>();
      for (const [value, add] of steps) {
        if (!add) expect(list.remove(value)).toBe(told.delete(value));
        else if (!told.has(value)) {
          told.add(value);
          list.add(value);
        }
      }
      const sorted = [...told].sort((a, b) => a - b);
      const walked: number[] = [];
      for (let value = list.first(); value !== undefined; value = list.after(value)) walked.push(value);
      expect(walked).toEqual(sorted);
      for (const value of [-1, 7, 299, 600]) expect(list.after(value)).toBe(sorted.find((one) => one > value));
      expect(list.first()).toBe(sorted[0]);
      expect(list.size).toBe(sorted.length);
      for (const value of [0, 300, 600]) {
        const before = sorted.filter((one) => one < value).reverse();
        const seen: number[] = [];
        expect(list.findBefore(value, 900, (one) => seen.push(one) < 0)).toBeUndefined();
        expect(seen).toEqual(before);
        expect(list.findBefore(value, 900, (one) => one % 3 === 0)).toBe(before.find((one) => one % 3 === 0));
        expect(list.findBefore(value, 2, () => false)).toBe(before.length > 2 ? false : undefined);
      }
    }),
    { seed, numRuns: 200 },
  );
});
