import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Ticket } from "../../../src/contract/ticket.ts";
import { findTicketProblems } from "../../../src/core/ticket/find-ticket-problems.ts";
import { transition } from "../../../src/core/ticket/transition.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";
import { applyPurely, type Transition } from "./apply-purely.ts";
import { faultyTransitions } from "./faulty-transitions.ts";
import { findStepProblems } from "./find-step-problems.ts";
import { type Move, moves, nextEvent, randomEvent, startTickets } from "./random-moves.ts";

const seed = readSeed();
const numRuns = scaleRuns({ short: 500, long: 10_000 });

interface Tally {
  accepted: Map<string, number>;
  refused: Map<string, number>;
  merged: number;
}

/** Plays the moves; gives every way in which a rule was broken. */
function play(list: readonly Move[], using: Transition, tally?: Tally): string[] {
  let tickets: readonly Ticket[] = startTickets.map(freezeDeep);
  const problems: string[] = [];
  for (const { id: to, event: drawn, operator, landing } of list) {
    const next = nextEvent(tickets, { id: to, event: drawn });
    if (next === undefined) continue;
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
    fc.property(fc.constantFrom(...startTickets), randomEvent, (ticket, next) => {
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
