import { describe, expect, test } from "vitest";
import type { LaneActivity } from "../../../src/contract/run.ts";
import type { Ticket } from "../../../src/contract/ticket.ts";
import { explainWait, type Surroundings } from "../../../src/core/lane/explain-wait.ts";
import { makeTicket } from "../../support/make-ticket.ts";

const since = "2026-11-20T08:00:00.000Z";
const later = "2026-11-20T08:05:00.000Z";
const base = "b".repeat(40);
const commit = "c".repeat(40);
const activity: LaneActivity = {
  ...{ base, slots: 2, window: 20, failureRate: 0.05, batch: 4 },
  ...{ train: [], builds: [], suspects: [], landing: [] },
};

function passed(id: string): Ticket {
  const ticket = makeTicket({ id, status: { state: "verifying" } });
  return {
    ...ticket,
    work: { epoch: 1, base, commit, tree: base },
    verdict: { id: "v", commit, outcome: "pass" },
  } as Ticket;
}

function explain(ticket: Ticket, more: Partial<Surroundings> = {}) {
  return explainWait({ ticket, since, lane: undefined, activity: undefined, queued: [], rivals: [], worked: false, ...more });
}

describe("G4g: what a ticket waits for", () => {
  test("before the gate: whom it is behind, and that nobody is at work", () => {
    expect(explain(passed("MUS-3"), { queued: ["MUS-1", "MUS-2", "MUS-3"] })).toEqual({
      for: "the gate, behind MUS-1, MUS-2, where nobody is at work now: mos run",
      since,
    });
  });

  test("under test: with which others, on which base, since when; the shortest test that it is in", () => {
    const builds: LaneActivity["builds"] = [
      { kind: "batch", tickets: ["MUS-1", "MUS-2", "MUS-3"], commit, since },
      { kind: "probe", tickets: ["MUS-1", "MUS-2"], commit, since: later },
    ];
    expect(explain(passed("MUS-2"), { activity: { ...activity, train: ["MUS-1", "MUS-2", "MUS-3"], builds } })).toEqual({
      for: "the test of 2 tickets together",
      since: later,
      batch: ["MUS-1", "MUS-2"],
      base,
    });
  });

  test("suspected, landing, and behind the train", () => {
    const retry: LaneActivity["builds"] = [{ kind: "retry", tickets: ["MUS-2"], commit, since: later }];
    expect(
      explain(passed("MUS-2"), { activity: { ...activity, builds: retry, suspects: [{ ticket: "MUS-2", step: "retry" }] } }),
    ).toMatchObject({
      for: "it failed where all before it passed: it is tested once more, alone",
      since: later,
      base,
    });
    expect(explain(passed("MUS-2"), { activity: { ...activity, landing: ["MUS-1", "MUS-2"] } })).toMatchObject({
      for: "its landing, which is under way",
      batch: ["MUS-1", "MUS-2"],
    });
    expect(explain(passed("MUS-9"), { activity, queued: ["MUS-8", "MUS-9"] })?.for).toBe("its turn before the gate, behind MUS-8");
  });

  test("before its verdict: the lane's pause, the doctor, the paths, a worker, the operator", () => {
    const ready = makeTicket({ id: "MUS-1", status: { state: "ready" } });
    expect(explain(ready)?.for).toBe("a worker: mos run");
    expect(explain(ready, { rivals: ["MUS-7"] })?.for).toBe("the paths that MUS-7 has in use");
    expect(explain(ready, { held: "gate: test is red" })?.for).toBe("the doctor's A, which its domain does not have: gate: test is red");
    const paused = { id: "music", paused: { by: "operator" as const, reason: "lunch", paths: [] } };
    expect(explain(ready, { lane: paused })?.for).toBe("its lane, which is paused: lunch");
    expect(explain(makeTicket({ id: "MUS-1", status: { state: "in_progress" } }), { worked: true })?.for).toBe(
      "its executor, who is at work",
    );
    expect(explain(makeTicket({ id: "MUS-1", status: { state: "draft" } }))?.for).toBe("the operator's word: mos ticket ready MUS-1");
  });
});
