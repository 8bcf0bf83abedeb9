import { describe, expect, test } from "vitest";
import { transition } from "../../../src/core/ticket/transition.ts";
import { exploreModel } from "./explore-model.ts";
import { faultyTransitions } from "./faulty-transitions.ts";
import type { Budget, Rules } from "./model-workspace.ts";

const statesMax = 400_000;
const long = process.env.MOS_TEST_LONG !== undefined;

/** What may go wrong, how often, in one exploration. The last two take minutes. */
const spaces: readonly { readonly name: string; readonly budget: Budget; readonly long?: boolean }[] = [
  { name: "all goes well", budget: { crashes: 0, stalls: 0, whims: 0, fails: 0 } },
  { name: "a crash and a failed verdict", budget: { crashes: 1, stalls: 0, whims: 0, fails: 1 } },
  { name: "a crash and a whim of the operator", budget: { crashes: 1, stalls: 0, whims: 1, fails: 0 } },
  { name: "a slow worker that is taken for dead, and a crash", budget: { crashes: 1, stalls: 1, whims: 0, fails: 0 } },
  { name: "two failed verdicts in a chain", budget: { crashes: 0, stalls: 0, whims: 0, fails: 2 } },
  { name: "a slow worker and a whim", budget: { crashes: 0, stalls: 1, whims: 1, fails: 0 }, long: true },
  { name: "a crash, a whim and a failed verdict", budget: { crashes: 1, stalls: 0, whims: 1, fails: 1 }, long: true },
];

describe("T1–T9 hold in every reachable state of three tickets with a dependency and two workers", () => {
  for (const space of spaces)
    test.skipIf(space.long && !long)(
      `T1–T9, I3, I7: ${space.name}`,
      () => {
        const found = exploreModel({ budget: space.budget, rules: { transition }, statesMax });
        console.log(
          `${space.name}: ${found.states} states, ${found.moves} moves, ${found.ends} ends, ${found.allMerged} of them all merged`,
        );
        expect(found.broken).toBeUndefined();
        expect(found.states).toBeGreaterThan(100);
        expect(found.allMerged).toBeGreaterThan(0);
      },
      600_000,
    );
});

describe("the exploration finds what is broken, by a shortest path", () => {
  const all: Budget = { crashes: 1, stalls: 1, whims: 1, fails: 1 };
  const brokenBy = (rules: Rules) => exploreModel({ budget: all, rules, statesMax }).broken;

  test.each(faultyTransitions.filter((faulty) => faulty.foundBy !== "random"))("caught: $fault", ({ transition: faulty }) => {
    expect(brokenBy({ transition: faulty })?.problem).toMatch(/^(T\d|I\d|stuck|Error)/);
  });

  test("I7: an intent to land that does not look at the ticket lands what the operator withdrew", () => {
    const broken = brokenBy({ transition, checksIntent: false });
    expect(broken?.path.join("; ")).toMatch(/the operator (blocks|withdraws) (MUS-\d); worker \d intends to land \2/);
  });

  test("I7: a lane that is taken without settling what its last holder left lands twice, or is stuck", () => {
    const broken = brokenBy({ transition, reconciles: false });
    expect(broken?.path.join("; ")).toMatch(/is killed at (move|record)/);
  });
});
