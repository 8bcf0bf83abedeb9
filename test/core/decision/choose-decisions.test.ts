import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/contract/decision.ts";
import { chooseDecisions, questionsMax } from "../../../src/core/decision/choose-decisions.ts";
import { refuseCycles } from "../../../src/core/decision/refuse-cycles.ts";
import { makeCandidate, makeDecision, makePlanned } from "../../support/make-candidate.ts";
import { makeTicket, objectId } from "../../support/make-ticket.ts";

const none = { tickets: [], earlier: [] };
const keys = (candidates: readonly { key: string }[]) => candidates.map(({ key }) => key);
const named = (...names: string[]) => names.map((key) => makeCandidate({ key, question: `Do ${key}?` }));
const waiting = (key: string, after: string) =>
  makeCandidate({ key, options: [{ id: "do", label: "Do", detail: "", tickets: [makePlanned({ after: [after] })] }] });

describe("S8: how many, and in which order", () => {
  test("S8: five at most, the weightiest; fewer where there are fewer, never padded", () => {
    expect(keys(chooseDecisions({ candidates: named("a", "b", "c", "d", "e", "f", "g"), ...none }))).toEqual(["a", "b", "c", "d", "e"]);
    expect(keys(chooseDecisions({ candidates: named("a", "b"), ...none }))).toEqual(["a", "b"]);
    expect(chooseDecisions({ candidates: [], ...none })).toEqual([]);
    expect(questionsMax).toBe(5);
  });

  test("S8: what others wait for is asked before them, and with them or not at all", () => {
    const candidates = [waiting("late", "early"), ...named("b", "c", "d", "e", "early")];
    expect(keys(chooseDecisions({ candidates, ...none }))).toEqual(["early", "late", "b", "c", "d"]);
    const full = [...named("a", "b", "c", "d"), waiting("late", "early"), ...named("e", "early")];
    expect(keys(chooseDecisions({ candidates: full, ...none }))).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("S8: a name in `after` means a question by its key, with #ticket or without, else all of a playbook's", () => {
    const early = makeCandidate({ key: "early:x", playbook: "early" });
    for (const name of ["early:x", "early:x#1", "early"])
      expect(keys(chooseDecisions({ candidates: [waiting("late", name), early], ...none }))).toEqual(["early:x", "late"]);
  });
});

describe("S9: what is not asked", () => {
  const provenance = { decision: "S-1/music/links", candidates: [] };
  const candidates = [makeCandidate()];

  test.for([
    { name: "ready", status: { state: "ready" }, asked: 0 },
    { name: "in progress", status: { state: "in_progress" }, asked: 0 },
    { name: "blocked", status: { state: "blocked", from: "ready", causes: [{ kind: "operator", clears: "you" }] }, asked: 0 },
    { name: "withdrawn", status: { state: "blocked", from: "ready", causes: [{ kind: "withdrawn", clears: "" }] }, asked: 1 },
    { name: "merged", status: { state: "merged", commit: objectId(1), receipt: "r" }, asked: 1 },
  ] as const)("S9: one that a ticket serves that is $name is asked $asked times", ({ status, asked }) => {
    const ticket = makeTicket({ provenance, status: structuredClone(status) as never });
    expect(chooseDecisions({ candidates, tickets: [ticket], earlier: [] })).toHaveLength(asked);
  });

  test("S9: a superseded ticket's successor serves it in its place", () => {
    const old = makeTicket({
      provenance,
      successor: "MUS-2",
      status: { state: "blocked", from: "verifying", causes: [{ kind: "superseded", clears: "", ref: "MUS-2" }] },
    });
    const next = (state: "ready" | "draft") =>
      makeTicket({ id: "MUS-2", provenance: { predecessor: "MUS-1", candidates: [] }, status: { state } });
    expect(chooseDecisions({ candidates, tickets: [old, next("ready")], earlier: [] })).toEqual([]);
    const merged = { ...next("ready"), status: { state: "merged" as const, commit: objectId(1), receipt: "r" } };
    expect(chooseDecisions({ candidates, tickets: [old, merged], earlier: [] })).toHaveLength(1);
  });

  test("S9: what was skipped, or settled without work, is asked again only when the question is another", () => {
    for (const answer of [{ kind: "skipped" as const }, { kind: "chosen" as const, option: "leave" }]) {
      const earlier = [makeDecision({ answer })];
      expect(chooseDecisions({ candidates, tickets: [], earlier })).toEqual([]);
      expect(chooseDecisions({ candidates: [makeCandidate({ question: "Mend 3 links?" })], tickets: [], earlier })).toHaveLength(1);
      const evidence = [{ repo: "home", commit: objectId(1), path: "a.md", line: 1, quote: "new" }];
      expect(chooseDecisions({ candidates: [makeCandidate({ evidence })], tickets: [], earlier })).toHaveLength(1);
    }
  });

  test("S9: where the evidence stands and at which commit does not make another question", () => {
    const place = { repo: "home", path: "a.md", quote: "see [b](b.md)" };
    const before = makeCandidate({ evidence: [{ ...place, commit: objectId(1), line: 1 }] });
    const now = makeCandidate({ evidence: [{ ...place, commit: objectId(2), line: 7 }] });
    expect(
      chooseDecisions({ candidates: [now], tickets: [], earlier: [makeDecision({ candidate: before, answer: { kind: "skipped" } })] }),
    ).toEqual([]);
  });

  test("S9: a model's words are no other question; a line that it did not quote before is", () => {
    const line = (quote: string) => ({ repo: "home", commit: objectId(1), path: "a.md", line: 1, quote });
    const judged = (question: string, ...quotes: string[]) =>
      makeCandidate({ key: "judged:a", question, source: "judgement", judged: { repo: "home", weight: 50 }, evidence: quotes.map(line) });
    const before = judged("Move the launch?", "one", "two");
    const again = (candidate: typeof before, answer: Decision["answer"]) =>
      chooseDecisions({ candidates: [candidate], tickets: [], earlier: [makeDecision({ candidate: before, answer })] }).length;
    for (const answer of [{ kind: "skipped" as const }, { kind: "chosen" as const, option: "leave" }]) {
      expect(again(judged("Shall the launch be moved?", "two"), answer)).toBe(0);
      expect(again(judged("Move the launch?", "two", "three"), answer)).toBe(1);
    }
    expect(again(judged("Shall the launch be moved?", "two"), { kind: "deferred" })).toBe(1);
  });

  test("S9: the latest answer counts", () => {
    const earlier = [makeDecision({ answer: { kind: "skipped" } }), makeDecision({ session: "S-2", answer: { kind: "deferred" } })];
    expect(chooseDecisions({ candidates, tickets: [], earlier })).toHaveLength(1);
  });

  test("S17: what was deferred is asked again", () => {
    expect(chooseDecisions({ candidates, tickets: [], earlier: [makeDecision({ answer: { kind: "deferred" } })] })).toHaveLength(1);
  });

  test("S9: a skipped question comes back when something asked waits for it, or a draft of it is waited for", () => {
    const earlier = [makeDecision({ answer: { kind: "skipped" } })];
    expect(keys(chooseDecisions({ candidates: [waiting("late", "links"), ...candidates], tickets: [], earlier }))).toEqual([
      "links",
      "late",
    ]);
    const draft = makeTicket({ provenance: { candidates: [] } });
    const withDraft = [makeDecision({ answer: { kind: "skipped" }, planned: ["MUS-1"] })];
    expect(chooseDecisions({ candidates, tickets: [draft], earlier: withDraft })).toHaveLength(1);
  });
});

describe("S8: circles", () => {
  test("S8: questions whose tickets would wait for each other are set aside, with the way round; the others stay", () => {
    const { sound, refused } = refuseCycles([waiting("a", "b"), waiting("b", "c#1"), waiting("c", "a"), waiting("d", "a"), ...named("e")]);
    expect(keys(sound)).toEqual(["d", "e"]);
    expect(refused.map(({ candidate, cycle }) => [candidate.key, cycle.join(" ")])).toEqual([
      ["a", "a b c a"],
      ["b", "b c a b"],
      ["c", "c a b c"],
    ]);
  });

  test("S8: a circle among the tickets of one option", () => {
    const tickets = [makePlanned({ key: "1", after: ["2"] }), makePlanned({ key: "2", after: ["1"] })];
    const { sound, refused } = refuseCycles([makeCandidate({ options: [{ id: "do", label: "Do", detail: "", tickets }] })]);
    expect(sound).toEqual([]);
    expect(refused[0]?.cycle).toEqual(["1", "2", "1"]);
  });
});
