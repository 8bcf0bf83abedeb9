import { describe, expect, test } from "vitest";
import type { Cause, Ticket } from "../../../src/contract/ticket.ts";
import type { ResolvedDependency } from "../../../src/core/ticket/resolve-dependency.ts";
import type { TicketEvent, TransitionContext } from "../../../src/core/ticket/ticket-event.ts";
import { transition } from "../../../src/core/ticket/transition.ts";
import { makeTicket, objectId } from "../../support/make-ticket.ts";

const work = { epoch: 1, base: objectId(1), commit: objectId(2), tree: objectId(3) };
const pass = { commit: work.commit, outcome: "pass" as const, id: "v1" };
const land: TicketEvent = { kind: "land", commit: objectId(9), receipt: "r1" };
const operator: Cause = { kind: "operator", clears: "the operator unblocks it" };
const open: ResolvedDependency = { id: "MUS-2", end: "MUS-2", state: "open" };

/** Plays the events; fails the test on the first refusal. */
function play(ticket: Ticket, ...events: TicketEvent[]): Ticket {
  return events.reduce((now, event) => {
    const result = transition(now, event);
    if (result.kind === "refused") throw new Error(`${event.kind}: ${result.reason}`);
    return result.ticket;
  }, ticket);
}

function refusalOf(ticket: Ticket, event: TicketEvent, context?: TransitionContext): string {
  const result = transition(ticket, event, context);
  if (result.kind === "next") return `accepted: ${result.ticket.status.state}`;
  expect(result.reason).toContain(ticket.id);
  expect(result.remedy).not.toBe("");
  return result.rule;
}

const draft = makeTicket();
const ready = play(draft, { kind: "ready" });
const inProgress = play(ready, { kind: "claim" });
const verifying = play(inProgress, { kind: "hand-in", work });
const passed = play(verifying, { kind: "verdict", verdict: pass });
const merged = play(passed, land);

describe("T1: the transitions", () => {
  test("T1: draft → ready → in_progress → verifying → merged, one version each", () => {
    expect([draft, ready, inProgress, verifying, passed, merged].map((ticket) => [ticket.status.state, ticket.version])).toEqual([
      ["draft", 1],
      ["ready", 2],
      ["in_progress", 3],
      ["verifying", 4],
      ["verifying", 5],
      ["merged", 6],
    ]);
    expect(merged.status).toEqual({ state: "merged", commit: objectId(9), receipt: "r1" });
  });

  const forward: TicketEvent[] = [{ kind: "ready" }, { kind: "claim" }, { kind: "hand-in", work }, land];
  test.each([
    [draft, "ready"],
    [ready, "claim"],
    [inProgress, "hand-in"],
    [passed, "land"],
  ])("T1: nothing goes backward and nothing is skipped from $status.state", (ticket, allowed) => {
    for (const event of forward) expect(transition(ticket, event).kind).toBe(event.kind === allowed ? "next" : "refused");
  });

  test.each([draft, ready, inProgress, verifying])("T1: $status.state → blocked → exactly $status.state", (ticket) => {
    const blocked = play(ticket, { kind: "block", causes: [operator] });
    expect(blocked.status).toEqual({ state: "blocked", from: ticket.status.state, causes: [operator] });
    for (const event of forward) expect(refusalOf(blocked, event)).toBe("T1");
    expect(play(blocked, { kind: "clear", causes: [{ kind: "operator" }] })).toEqual({ ...ticket, version: ticket.version + 2 });
  });

  test("T1: merged is final", () => {
    const events: TicketEvent[] = [
      ...forward,
      { kind: "edit", changes: { title: "x" } },
      { kind: "take-over" },
      { kind: "revalidate" },
      { kind: "replace-work", work },
      { kind: "verdict", verdict: pass },
      { kind: "block", causes: [operator] },
      { kind: "clear", causes: [operator] },
      { kind: "supersede", successor: "MUS-9" },
      { kind: "withdraw" },
    ];
    for (const event of events) expect(refusalOf(merged, event)).toBe("T1");
  });

  test("T1a: landing needs a passing verdict for exactly the work's commit, and a receipt", () => {
    expect(refusalOf(verifying, land)).toBe("T1");
    expect(refusalOf(play(verifying, { kind: "verdict", verdict: { ...pass, outcome: "fail" } }), land)).toBe("T1");
    expect(refusalOf(passed, { ...land, receipt: "" } as TicketEvent)).toBe("T1");
    const again = play(passed, { kind: "revalidate" }, { kind: "replace-work", work: { ...work, epoch: 2, commit: objectId(7) } });
    expect(again.verdict).toBeUndefined();
    expect(refusalOf(again, land)).toBe("T1");
  });
});

describe("T2: causes", () => {
  test("T2, T2c: a second cause keeps the first origin, and it leaves when the set is empty", () => {
    const dependency: Cause = { kind: "dependency", ref: "MUS-2", clears: "MUS-2 merges" };
    const waiting = makeTicket({ status: { state: "ready" } });
    const both = play(waiting, { kind: "block", causes: [operator] }, { kind: "block", causes: [dependency] });
    expect(both.status).toEqual({ state: "blocked", from: "ready", causes: [operator, dependency] });
    const one = play(both, { kind: "clear", causes: [{ kind: "dependency", ref: "MUS-2" }] });
    expect(one.status.state).toBe("blocked");
    expect(play(one, { kind: "clear", causes: [{ kind: "operator" }] }).status).toEqual({ state: "ready" });
  });

  test("T2b: an identical cause is not doubled, but its words are brought up to date", () => {
    const twice = play(ready, { kind: "block", causes: [operator] }, { kind: "block", causes: [{ ...operator, clears: "Ana decides" }] });
    expect(twice.status).toMatchObject({ causes: [{ kind: "operator", clears: "Ana decides" }] });
  });

  test.each([
    [{ kind: "budget", clears: " " }],
    [{ kind: "dependency", clears: "something merges" }],
    [{ kind: "superseded", clears: "", ref: "MUS-9" }],
    [{ kind: "withdrawn", clears: "" }],
  ] as [Cause][])("T2a: %j is refused", (cause) => {
    expect(refusalOf(ready, { kind: "block", causes: [cause] })).toBe("T2");
  });

  test("T2c: an empty set of causes is refused, and so is clearing what is not there", () => {
    expect(refusalOf(ready, { kind: "block", causes: [] })).toBe("T2");
    const blocked = play(ready, { kind: "block", causes: [operator] });
    expect(refusalOf(blocked, { kind: "clear", causes: [{ kind: "budget" }] })).toBe("T2");
    expect(refusalOf(ready, { kind: "clear", causes: [{ kind: "operator" }] })).toBe("T1");
  });

  test("T2a: superseded and withdrawn never clear", () => {
    const superseded = play(ready, { kind: "supersede", successor: "MUS-9" });
    const withdrawn = play(ready, { kind: "withdraw" });
    expect(superseded.successor).toBe("MUS-9");
    expect(refusalOf(superseded, { kind: "clear", causes: [{ kind: "superseded" }] })).toBe("T2");
    expect(refusalOf(withdrawn, { kind: "clear", causes: [{ kind: "withdrawn" }] })).toBe("T2");
    for (const ticket of [superseded, withdrawn]) {
      expect(refusalOf(ticket, { kind: "withdraw" })).toBe("T2");
      expect(refusalOf(ticket, { kind: "supersede", successor: "MUS-10" })).toBe("T2");
    }
  });

  test("T2d: what blocks releases the lease", () => {
    for (const event of [
      { kind: "block", causes: [operator] },
      { kind: "withdraw" },
      { kind: "supersede", successor: "MUS-9" },
    ] as TicketEvent[])
      expect(transition(inProgress, event)).toMatchObject({
        effects: [{ kind: "release-lease" }, ...(event.kind === "block" ? [] : [{}])],
      });
  });
});

describe("T3: dependencies", () => {
  const dependant = makeTicket({ dependsOn: ["MUS-2"] });

  test("T1b, T3: ready with a dependency that is not merged: ready, and at once blocked from ready", () => {
    const result = transition(dependant, { kind: "ready" }, { dependencies: [open] });
    if (result.kind !== "next" || result.effects[0]?.kind !== "block") throw new Error("no block effect");
    expect(result.ticket.status).toEqual({ state: "ready" });
    const blocked = play(result.ticket, result.effects[0]);
    expect(blocked.status).toEqual({
      state: "blocked",
      from: "ready",
      causes: [{ kind: "dependency", ref: "MUS-2", clears: "MUS-2 merges" }],
    });
  });

  test("T3a: it waits for the end of the successor chain, and not for what is merged", () => {
    const later = transition(dependant, { kind: "ready" }, { dependencies: [{ id: "MUS-2", end: "MUS-5", state: "open" }] });
    expect(later).toMatchObject({ effects: [{ kind: "block", causes: [{ ref: "MUS-5", clears: "MUS-5 merges" }] }] });
    expect(transition(dependant, { kind: "ready" }, { dependencies: [{ ...open, state: "merged" }] })).toMatchObject({ effects: [] });
  });

  test("T3b: a withdrawn dependency asks the operator", () => {
    const result = transition(dependant, { kind: "ready" }, { dependencies: [{ ...open, state: "withdrawn" }] });
    expect(result).toMatchObject({ effects: [{ kind: "block", causes: [{ kind: "question", ref: "MUS-2" }] }] });
  });

  test("T3e: a dependency is not cleared while it is open", () => {
    const causes = [{ kind: "dependency" as const, ref: "MUS-2", clears: "MUS-2 merges" }];
    const blocked = makeTicket({ dependsOn: ["MUS-2"], status: { state: "blocked", from: "ready", causes } });
    const clear: TicketEvent = { kind: "clear", causes: [{ kind: "dependency" }] };
    expect(refusalOf(blocked, clear)).toBe("T3");
    expect(refusalOf(blocked, clear, { dependencies: [open] })).toBe("T3");
    expect(transition(blocked, clear, { dependencies: [{ ...open, state: "merged" }] }).kind).toBe("next");
    expect(transition(blocked, clear, { dependencies: [{ ...open, end: "MUS-5" }] }).kind).toBe("next");
  });

  test("T3e: without knowing its dependencies nothing is made ready or claimed", () => {
    expect(refusalOf(dependant, { kind: "ready" })).toBe("T3");
    const waiting = makeTicket({ dependsOn: ["MUS-2"], status: { state: "ready" } });
    expect(refusalOf(waiting, { kind: "claim" })).toBe("T3");
    expect(refusalOf(waiting, { kind: "claim" }, { dependencies: [open] })).toBe("T3");
    expect(transition(waiting, { kind: "claim" }, { dependencies: [{ ...open, state: "withdrawn" }] }).kind).toBe("next");
  });
});

describe("T4, T5, T6, T9", () => {
  test("T4: a failed verdict moves nothing by itself and asks for a successor", () => {
    const result = transition(verifying, { kind: "verdict", verdict: { ...pass, outcome: "fail" } });
    expect(result).toMatchObject({ ticket: { status: { state: "verifying" } }, effects: [{ kind: "file-successor" }] });
    expect(transition(verifying, { kind: "verdict", verdict: pass })).toMatchObject({ effects: [] });
  });

  test("T4d: who is unblocked after a failed verdict is judged again; a pass is kept", () => {
    const around: TicketEvent[] = [
      { kind: "block", causes: [operator] },
      { kind: "clear", causes: [{ kind: "operator" }] },
    ];
    const failed = play(verifying, { kind: "verdict", verdict: { ...pass, outcome: "fail" } }, ...around);
    expect([failed.status.state, failed.verdict]).toEqual(["verifying", undefined]);
    expect(play(passed, ...around).verdict).toEqual(pass);
  });

  test("T4c: a verdict for another commit is refused", () => {
    expect(refusalOf(verifying, { kind: "verdict", verdict: { ...pass, commit: objectId(8) } })).toMatch(/T4/);
  });

  test("T5: each attempt has an epoch, and what an old one hands in is refused", () => {
    const taken = play(inProgress, { kind: "take-over" });
    expect([inProgress.epoch, taken.epoch, taken.status.state]).toEqual([1, 2, "in_progress"]);
    expect(refusalOf(taken, { kind: "hand-in", work })).toBe("T5");
    expect(play(taken, { kind: "hand-in", work: { ...work, epoch: 2 } }).work?.epoch).toBe(2);
  });

  test("T4c, T5a: a re-validation is another attempt under verifying, with the verdict so far kept; work that is made anew has none", () => {
    const again = play(passed, { kind: "revalidate" });
    expect(again).toEqual({ ...passed, epoch: 2, version: passed.version + 1 });
    const anew = play(again, { kind: "replace-work", work: { ...work, epoch: 2, commit: objectId(8) } });
    expect([anew.status.state, anew.work?.commit, anew.verdict]).toEqual(["verifying", objectId(8), undefined]);
    expect(refusalOf(again, { kind: "replace-work", work })).toBe("T5");
  });

  test.each([{ kind: "block", causes: [operator] }, { kind: "withdraw" }, { kind: "supersede", successor: "MUS-9" }] as TicketEvent[])(
    "T6a: $kind waits while the ticket is being landed",
    (event) => {
      expect(refusalOf(passed, event, { landing: true })).toBe("T6");
      expect(transition(passed, land, { landing: true }).kind).toBe("next");
    },
  );

  test("T9: only a draft can be edited", () => {
    expect(play(draft, { kind: "edit", changes: { title: "Other" } })).toEqual({ ...draft, title: "Other", version: 2 });
    for (const ticket of [ready, inProgress, verifying, play(draft, { kind: "block", causes: [operator] })])
      expect(refusalOf(ticket, { kind: "edit", changes: { title: "Other" } })).toBe("T9");
  });

  test("T9: ready needs a decision, a predecessor's, a standing one, or the operator", () => {
    const bare = makeTicket({ provenance: { candidates: [] } });
    expect(refusalOf(bare, { kind: "ready" })).toBe("T9");
    expect(refusalOf(bare, { kind: "ready" }, { authority: "answers-file" })).toBe("T9");
    expect(transition(bare, { kind: "ready" }, { authority: "operator" }).kind).toBe("next");
    for (const provenance of [{ decision: "d" }, { predecessor: "MUS-7" }, { standing: "librarian" }])
      expect(transition(makeTicket({ provenance: { candidates: [], ...provenance } }), { kind: "ready" }).kind).toBe("next");
  });

  test("T9: ready needs an acceptance point that can be checked", () => {
    expect(refusalOf(makeTicket({ accept: [] }), { kind: "ready" })).toBe("T9");
    expect(refusalOf(makeTicket({ accept: [{ text: "it reads well" }] }), { kind: "ready" }, { authority: "operator" })).toBe("T9");
  });
});
