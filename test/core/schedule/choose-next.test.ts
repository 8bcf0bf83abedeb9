import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ticket } from "../../../src/contract/ticket.ts";
import { chooseNext } from "../../../src/core/schedule/choose-next.ts";
import { compareTurn } from "../../../src/core/schedule/compare-turn.ts";
import { pathsOverlap } from "../../../src/core/schedule/paths-overlap.ts";
import { makeTicket } from "../../support/make-ticket.ts";
import { readSeed } from "../../support/read-seed.ts";

const seed = readSeed();
const ready = (changes: Partial<Ticket>): Ticket => makeTicket({ status: { state: "ready" }, ...changes });
const choose = (tickets: Ticket[], running: string[] = [], maxParallel = 9): string[] =>
  chooseNext({ tickets, running: new Set(running), maxParallel }).map(({ ticket, how }) => `${how} ${ticket.id}`);

test("T7: tickets of one repository run at once only if their paths are disjoint", () => {
  const a = ready({ id: "MUS-1", touches: ["docs/"] });
  const b = ready({ id: "MUS-2", touches: ["docs/a.md"] });
  const c = ready({ id: "MUS-3", touches: ["src/"] });
  const whole = ready({ id: "MUS-4" });
  expect(choose([a, b, c, whole])).toEqual(["claim MUS-1", "claim MUS-3"]);
  expect(choose([{ ...a, status: { state: "in_progress" } }, b, c], ["MUS-1"])).toEqual(["claim MUS-3"]);
});

test("T7: paths of different repositories never serialise", () => {
  const home = ready({ id: "MUS-1" });
  const app = ready({ id: "MUS-2", repo: "app" });
  const other = ready({ id: "AGY-1", domain: "agency" });
  expect(choose([home, app, other])).toHaveLength(3);
});

test("G6, T7d: the urgent one goes first, then by priority, then by id as a number", () => {
  const at = (id: string, priority: number): Ticket => ready({ id, priority, touches: [`${id}.md`] });
  expect(choose([at("MUS-10", 50), at("MUS-9", 50), at("MUS-11", 60), at("MUS-12", 100)])).toEqual([
    "claim MUS-12",
    "claim MUS-11",
    "claim MUS-9",
    "claim MUS-10",
  ]);
});

test("T5, T7d: an orphan is taken over, before new ones of its priority", () => {
  const begun = makeTicket({ id: "MUS-2", status: { state: "in_progress" }, epoch: 1, touches: ["a"] });
  const verifying = makeTicket({ id: "MUS-3", status: { state: "verifying" }, epoch: 1, touches: ["b"] });
  expect(choose([ready({ id: "MUS-1", touches: ["c"] }), begun, verifying])).toEqual([
    "take-over MUS-2",
    "revalidate MUS-3",
    "claim MUS-1",
  ]);
});

test("T7c: work that is begun keeps its paths while nobody works on it", () => {
  const orphan = makeTicket({ id: "MUS-2", status: { state: "verifying" }, epoch: 1, touches: ["a"] });
  const tickets = [ready({ id: "MUS-1", touches: ["a"], priority: 100 }), orphan];
  expect(choose(tickets)).toEqual(["revalidate MUS-2"]);
  const isOpen = (ticket: Ticket): boolean => ticket.id !== "MUS-2";
  expect(chooseNext({ tickets, running: new Set(), maxParallel: 9, isOpen })).toEqual([]);
});

test("T2d: a blocked ticket holds no paths", () => {
  const causes = [{ kind: "operator" as const, clears: "the operator" }];
  const blocked = makeTicket({ id: "MUS-1", status: { state: "blocked", from: "in_progress", causes }, epoch: 1 });
  expect(choose([blocked, ready({ id: "MUS-2" })])).toEqual(["claim MUS-2"]);
});

test("T7d: a wide ticket keeps its turn from those that come after it", () => {
  const narrow = makeTicket({ id: "MUS-1", status: { state: "in_progress" }, epoch: 1, touches: ["a"] });
  const wide = ready({ id: "MUS-2" });
  const later = ready({ id: "MUS-3", touches: ["b"] });
  expect(choose([narrow, wide, later], ["MUS-1"])).toEqual([]);
  expect(choose([wide, later])).toEqual(["claim MUS-2"]);
});

test("bounds: maxParallel counts what runs, slotsPerRepo what runs in one repository", () => {
  const tickets = [1, 2, 3].map((n) => ready({ id: `MUS-${n}`, touches: [`${n}.md`] }));
  expect(choose(tickets, ["AGY-1"], 2)).toEqual(["claim MUS-1"]);
  expect(choose(tickets, ["AGY-1"], 1)).toEqual([]);
  expect(chooseNext({ tickets, running: new Set(), maxParallel: 9, slotsPerRepo: 2 })).toHaveLength(2);
});

const someTickets = fc
  .array(
    fc.record({
      touches: fc.subarray(["a", "b", "c/", "c/d", "*.md", "e.md"]),
      priority: fc.constantFrom(10, 50, 100),
      state: fc.constantFrom("ready" as const, "in_progress" as const, "verifying" as const),
      live: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((rows) =>
    rows.map(({ state, live, ...row }, at) => ({ ticket: makeTicket({ ...row, id: `MUS-${at + 1}`, status: { state } }), live })),
  );

test(`T7: whatever is chosen is disjoint from what runs and from one another, and within the bounds (seed ${seed})`, () => {
  fc.assert(
    fc.property(someTickets, fc.integer({ min: 1, max: 5 }), (rows, maxParallel) => {
      const tickets = rows.map((row) => row.ticket);
      const live = rows.filter((row) => row.live && row.ticket.status.state !== "ready").map((row) => row.ticket);
      const running = new Set(live.map((ticket) => ticket.id));
      const chosen = chooseNext({ tickets, running, maxParallel }).map((choice) => choice.ticket);
      expect(chosen.length).toBeLessThanOrEqual(Math.max(0, maxParallel - running.size));
      for (const [at, ticket] of chosen.entries()) {
        expect(running.has(ticket.id)).toBe(false);
        for (const other of [...live, ...chosen.slice(0, at)]) expect(pathsOverlap(ticket, other)).toBe(false);
      }
      expect(chosen).toEqual([...chosen].sort(compareTurn));
    }),
    { seed, numRuns: 2000 },
  );
});

test(`T7d: when each round's choices finish, everything ends, and nothing that overlaps overtakes (seed ${seed})`, () => {
  fc.assert(
    fc.property(someTickets, fc.integer({ min: 1, max: 3 }), (rows, maxParallel) => {
      let left = rows.map((row) => row.ticket);
      for (let round = 0; left.length > 0; round += 1) {
        const chosen = chooseNext({ tickets: left, running: new Set(), maxParallel }).map((choice) => choice.ticket);
        expect(chosen.length).toBeGreaterThan(0);
        expect(round).toBeLessThan(rows.length);
        const waiting = left.filter((ticket) => ticket.status.state === "ready" && !chosen.includes(ticket));
        for (const ticket of chosen.filter((one) => one.status.state === "ready"))
          for (const other of waiting) if (compareTurn(other, ticket) < 0) expect(pathsOverlap(ticket, other)).toBe(false);
        left = left.filter((ticket) => !chosen.includes(ticket));
      }
    }),
    { seed, numRuns: 1000 },
  );
});
