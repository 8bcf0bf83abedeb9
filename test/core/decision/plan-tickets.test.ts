import { describe, expect, test } from "vitest";
import type { DecisionCandidate } from "../../../src/contract/brief.ts";
import type { Answer, Decision } from "../../../src/contract/decision.ts";
import { planTickets } from "../../../src/core/decision/plan-tickets.ts";
import { makeCandidate, makeDecision, makePlanned } from "../../support/make-candidate.ts";
import { makeTicket } from "../../support/make-ticket.ts";

const mend: Answer = { kind: "chosen", option: "mend" };

function decide(
  key: string,
  answer: Answer,
  after: string[] = [],
  changes: Partial<DecisionCandidate> = {},
  rest: Partial<Decision> = {},
): Decision {
  const options = [
    { id: "mend", label: "Mend", detail: "", tickets: [makePlanned({ after })] },
    { id: "leave", label: "Leave", detail: "", tickets: [] },
  ];
  return makeDecision({ candidate: makeCandidate({ key, options, ...changes }), answer, ...rest });
}

function plan(decisions: Decision[], rest: Partial<Parameters<typeof planTickets>[0]> = {}) {
  return planTickets({ decisions, earlier: [], tickets: [], ...rest }).map(({ key, approved, after, dependsOn, reuse }) => ({
    key,
    approved,
    after: [...after],
    dependsOn: [...dependsOn],
    ...(reuse === undefined ? {} : { reuse }),
  }));
}

describe("S14: what answers come to", () => {
  test("S14: only what was decided gives tickets", () => {
    const decisions = [
      decide("a", mend),
      decide("b", { kind: "deferred" }),
      decide("c", { kind: "skipped" }),
      decide("d", { kind: "open" }),
    ];
    const left = decide("e", { kind: "chosen", option: "leave" });
    expect(plan([...decisions, left])).toEqual([{ key: "a#1", approved: true, after: [], dependsOn: [] }]);
  });

  test("S14: each ticket comes after those it waits for, siblings and others", () => {
    const tickets = [makePlanned({ key: "1", after: ["2"] }), makePlanned({ key: "2" })];
    const two = decide("b", mend, [], { options: [{ id: "mend", label: "Mend", detail: "", tickets }] });
    expect(plan([decide("a", mend, ["b#1"]), two])).toEqual([
      { key: "b#2", approved: true, after: [], dependsOn: [] },
      { key: "b#1", approved: true, after: ["b#2"], dependsOn: [] },
      { key: "a#1", approved: true, after: ["b#1"], dependsOn: [] },
    ]);
  });

  test("S14: dependsOn of a question binds all its tickets to all of the other's", () => {
    expect(plan([decide("a", mend, [], { dependsOn: ["b"] }), decide("b", mend)])).toMatchObject([
      { key: "b#1" },
      { key: "a#1", after: ["b#1"] },
    ]);
  });

  test("S14: a planned decision gives nothing again, and its tickets can be waited for", () => {
    const planned = decide("b", mend, [], {}, { planned: ["MUS-7"] });
    expect(plan([decide("a", mend, ["b"]), planned])).toEqual([{ key: "a#1", approved: true, after: [], dependsOn: ["MUS-7"] }]);
  });

  test("S14: what is not asked because a ticket serves it is waited for; what does not arise is not", () => {
    const serving = makeTicket({ id: "MUS-3", provenance: { decision: "S-0/music/b", candidates: [] }, status: { state: "ready" } });
    expect(plan([decide("a", mend, ["b", "gone"])], { tickets: [serving] })).toEqual([
      { key: "a#1", approved: true, after: [], dependsOn: ["MUS-3"] },
    ]);
  });

  test("S14: words of the operator's own become a ticket of these words", () => {
    const [item] = planTickets({ decisions: [decide("a", { kind: "other", text: "Ask Ada\nfirst" })], earlier: [], tickets: [] });
    expect(item).toMatchObject({ key: "a#other", approved: true, draft: { title: "Ask Ada", accept: [] } });
    expect(item?.draft.body).toContain("Ask Ada\nfirst");
  });

  test("S14: a circle is refused, with the way round", () => {
    expect(() => plan([decide("a", mend, ["b"]), decide("b", mend, ["a"])])).toThrow("a#1 → b#1 → a#1");
  });
});

describe("S15: what an approved ticket waits for and nobody approved", () => {
  test.for([{ kind: "deferred" }, { kind: "skipped" }] as const)(
    "S15: $kind, it is filed as a draft of its recommended option",
    (answer) => {
      expect(plan([decide("a", mend, ["b"]), decide("b", answer, ["c"]), decide("c", answer), decide("d", answer)])).toEqual([
        { key: "c#1", approved: false, after: [], dependsOn: [] },
        { key: "b#1", approved: false, after: ["c#1"], dependsOn: [] },
        { key: "a#1", approved: true, after: ["b#1"], dependsOn: [] },
      ]);
    },
  );

  test("S15: all tickets of its option or none, so that each is found again", () => {
    const tickets = [makePlanned({ key: "1" }), makePlanned({ key: "2" })];
    const two = decide("b", { kind: "deferred" }, [], { options: [{ id: "mend", label: "Mend", detail: "", tickets }] });
    expect(plan([decide("a", mend, ["b#2"]), two]).map(({ key }) => key)).toEqual(["b#1", "b#2", "a#1"]);
  });

  const earlier = [decide("b", { kind: "deferred" }, [], {}, { planned: ["MUS-5"] })];
  const draft = makeTicket({ id: "MUS-5", provenance: { candidates: [] } });
  const later = { session: "S-2" };

  test("S15: decided in another session, its draft is used again", () => {
    expect(plan([decide("b", mend, [], {}, later)], { earlier, tickets: [draft] })).toEqual([
      { key: "b#1", approved: true, after: [], dependsOn: [], reuse: "MUS-5" },
    ]);
  });

  test("S15: deferred again and waited for again, its draft is used again", () => {
    const decisions = [decide("a", mend, ["b"], {}, later), decide("b", { kind: "deferred" }, [], {}, later)];
    expect(plan(decisions, { earlier, tickets: [draft] })).toMatchObject([{ key: "b#1", approved: false, reuse: "MUS-5" }, { key: "a#1" }]);
  });

  test("S15: a draft that was withdrawn meanwhile is not", () => {
    const withdrawn = {
      ...draft,
      status: { state: "blocked" as const, from: "draft" as const, causes: [{ kind: "withdrawn" as const, clears: "" }] },
    };
    expect(plan([decide("b", mend, [], {}, later)], { earlier, tickets: [withdrawn] })).toEqual([
      { key: "b#1", approved: true, after: [], dependsOn: [] },
    ]);
  });
});
