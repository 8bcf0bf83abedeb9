import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cause, CauseKind, type Ticket } from "../../../src/contract/ticket.ts";
import { findTicketProblems } from "../../../src/core/ticket/find-ticket-problems.ts";
import type { TicketEvent } from "../../../src/core/ticket/ticket-event.ts";
import { transition } from "../../../src/core/ticket/transition.ts";
import { makeTicket, objectId } from "../../support/make-ticket.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";
import { applyPurely, type Transition } from "./apply-purely.ts";
import { faultyTransitions } from "./faulty-transitions.ts";
import { findStepProblems } from "./find-step-problems.ts";

const seed = readSeed();
const numRuns = scaleRuns({ short: 500, long: 10_000 });

/** MUS-3 waits for MUS-2, MUS-2 for MUS-1; MUS-4 waits for both ends. MUS-5 and MUS-6 are spare, to succeed. */
const start: readonly Ticket[] = [
  makeTicket({ id: "MUS-1" }),
  makeTicket({ id: "MUS-2", dependsOn: ["MUS-1"] }),
  makeTicket({ id: "MUS-3", dependsOn: ["MUS-2"] }),
  makeTicket({ id: "MUS-4", dependsOn: ["MUS-1", "MUS-3"] }),
  makeTicket({ id: "MUS-5", provenance: { candidates: [] } }),
  makeTicket({ id: "MUS-6", accept: [{ text: "looks well" }] }),
];
const ids = start.map((ticket) => ticket.id);

/** Small numbers stand for epochs and commits, so that right ones and wrong ones both come often. */
const epoch = fc.integer({ min: 1, max: 3 });
const commit = fc.integer({ min: 1, max: 2 }).map(objectId);
const work = fc.record({ epoch, base: commit, commit, tree: commit });
const causeKind = fc.constantFrom(...CauseKind.options.filter((kind) => kind !== "dependency"));
const cause: fc.Arbitrary<Cause> = fc.record({ kind: causeKind, clears: fc.constantFrom("the operator", "a person looks", "") });
const matchKind = fc.constantFrom(...CauseKind.options);

const event: fc.Arbitrary<TicketEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<TicketEvent>({ kind: "ready" }) },
  { weight: 4, arbitrary: fc.constantFrom<TicketEvent>({ kind: "claim" }) },
  { weight: 1, arbitrary: fc.constantFrom<TicketEvent>({ kind: "take-over" }, { kind: "revalidate" }, { kind: "withdraw" }) },
  { weight: 1, arbitrary: fc.constantFrom<TicketEvent>({ kind: "edit", changes: { title: "Other", accept: [{ text: "t", run: "t" }] } }) },
  { weight: 6, arbitrary: work.map((of): TicketEvent => ({ kind: "hand-in", work: of })) },
  { weight: 1, arbitrary: work.map((of): TicketEvent => ({ kind: "replace-work", work: of })) },
  {
    weight: 6,
    arbitrary: fc
      .record({ commit, outcome: fc.constantFrom("pass" as const, "pass" as const, "fail" as const), id: fc.constant("v") })
      .map((verdict): TicketEvent => ({ kind: "verdict", verdict })),
  },
  { weight: 6, arbitrary: commit.map((of): TicketEvent => ({ kind: "land", commit: of, receipt: "r" })) },
  { weight: 2, arbitrary: fc.array(cause, { minLength: 1, maxLength: 2 }).map((causes): TicketEvent => ({ kind: "block", causes })) },
  { weight: 3, arbitrary: matchKind.map((kind): TicketEvent => ({ kind: "clear", causes: [{ kind }] })) },
  { weight: 1, arbitrary: fc.constantFrom("MUS-5", "MUS-6").map((successor): TicketEvent => ({ kind: "supersede", successor })) },
);
/** Mostly the first tickets, so that whole chains come to their end. */
const id = fc.oneof({ weight: 3, arbitrary: fc.constantFrom("MUS-1", "MUS-2") }, { weight: 2, arbitrary: fc.constantFrom(...ids) });
const move = fc.oneof({ weight: 2, arbitrary: fc.constant("forward" as const) }, { weight: 3, arbitrary: event });
const moves = fc.array(fc.record({ id, event: move, operator: fc.boolean(), landing: fc.boolean() }), { minLength: 20, maxLength: 120 });

interface Tally {
  accepted: Map<string, number>;
  refused: Map<string, number>;
  merged: number;
}

/** Plays the moves; gives every way in which a rule was broken. */
function play(list: Parameters<Parameters<typeof moves.map>[0]>[0], using: Transition, tally?: Tally): string[] {
  let tickets: readonly Ticket[] = start.map(freezeDeep);
  const problems: string[] = [];
  for (const { id: to, event: drawn, operator, landing } of list) {
    const next = drawn === "forward" ? goForward(tickets.find((ticket) => ticket.id === to)) : drawn;
    // A circle is refused before it gets to a transition: `checkDependencies`.
    if (next.kind === "supersede" && (to === "MUS-5" || to === "MUS-6")) continue;
    const args = { id: to, event: next, transition: using, landing, ...(operator ? { authority: "operator" } : {}) };
    const result = applyPurely(tickets, args);
    count(result.kind === "next" ? tally?.accepted : tally?.refused, next.kind);
    if (result.kind === "refused") continue;
    for (const step of result.steps) problems.push(...findStepProblems(step.before, step.event, step.after));
    tickets = result.tickets.map(freezeDeep);
    problems.push(...findTicketProblems(tickets).map((one) => `${one.rule}: ${one.id} ${one.problem}`));
    if (problems.length > 0) return problems;
  }
  if (tally !== undefined) tally.merged += tickets.filter((ticket) => ticket.status.state === "merged").length;
  return problems;
}

/** What a worker that does all right would do next: without it hardly any sequence gets to a landing. */
function goForward(ticket: Ticket | undefined): TicketEvent {
  switch (ticket?.status.state) {
    case "ready":
      return { kind: "claim" };
    case "in_progress":
      return { kind: "hand-in", work: { epoch: ticket.epoch, base: objectId(1), commit: objectId(1), tree: objectId(1) } };
    case "verifying":
      return ticket.verdict?.outcome === "pass"
        ? { kind: "land", commit: objectId(9), receipt: "r" }
        : { kind: "verdict", verdict: { commit: ticket.work?.commit ?? "", outcome: "pass", id: "v" } };
    case "blocked":
      return { kind: "clear", causes: ticket.status.causes.filter((one) => one.kind !== "dependency") };
    default:
      return { kind: "ready" };
  }
}

function count(map: Map<string, number> | undefined, key: string): void {
  map?.set(key, (map.get(key) ?? 0) + 1);
}

function freezeDeep<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freezeDeep(inner);
  }
  return value;
}

test(`T1–T9 hold over random sequences of events, and nothing is changed in place (${numRuns} runs, seed ${seed})`, () => {
  const tally: Tally = { accepted: new Map(), refused: new Map(), merged: 0 };
  fc.assert(
    fc.property(moves, (list) => {
      expect(play(list, transition, tally)).toEqual([]);
    }),
    { seed, numRuns },
  );
  // Every event was both taken and refused, or the sequences prove nothing about it.
  for (const kind of [
    "edit",
    "ready",
    "claim",
    "take-over",
    "hand-in",
    "revalidate",
    "replace-work",
    "verdict",
    "land",
    "block",
    "clear",
  ]) {
    expect([kind, (tally.accepted.get(kind) ?? 0) > 0, (tally.refused.get(kind) ?? 0) > 0]).toEqual([kind, true, true]);
  }
  expect(tally.merged).toBeGreaterThan(numRuns / 20);
});

test(`T6: the same ticket, event and context give the same answer (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.constantFrom(...start), event, (ticket, next) => {
      const context = { dependencies: ticket.dependsOn.map((one) => ({ id: one, end: one, state: "merged" as const })) };
      expect(transition(ticket, next, context)).toEqual(transition(structuredClone(ticket), structuredClone(next), context));
    }),
    { seed, numRuns: 1000 },
  );
});

describe("a broken transition is caught by random sequences", () => {
  test.each(faultyTransitions.filter((faulty) => faulty.foundBy !== "space"))("caught: $fault", ({ transition: faulty }) => {
    const found = fc.check(
      fc.property(moves, (list) => {
        try {
          return play(list, faulty).length === 0;
        } catch {
          // What had to follow was refused: the transaction would have failed. Seen, too.
          return false;
        }
      }),
      { seed, numRuns: 3000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
