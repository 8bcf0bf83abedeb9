import { expect, test } from "vitest";
import type { SessionResult } from "../../../src/app/start-session.ts";
import type { Brief } from "../../../src/contract/brief.ts";
import { command } from "../../../src/entry/cli/command/brief.ts";
import { formatSession } from "../../../src/entry/cli/show/format-session.ts";
import { makePaint } from "../../../src/entry/cli/show/paint.ts";
import { makeCandidate } from "../../support/make-candidate.ts";
import { objectId } from "../../support/make-ticket.ts";

const paint = makePaint(false);
const commit = objectId(1);
const evidence = [{ repo: "home", commit, path: "a.md", line: 3, quote: "x" }];

test("S21: mos brief tells a model's view from what rules found", () => {
  const dropped = { evidence: 0, facts: 0, decisions: 0 };
  const brief: Brief & { fresh: true } = {
    ...{ id: "S-1/music", session: "S-1", domain: "music", at: "2026-11-20T08:00:00.000Z", scout: "local/1 with own", fingerprint: "f" },
    ...{ freshUntil: "2026-11-21T08:00:00.000Z", heads: { home: commit }, fresh: true },
    facts: [
      { kind: "risk", text: "Of rule.", evidence, score: 1 },
      { kind: "risk", text: "Of a\u001b[2J model.", evidence, score: 1, judged: { repo: "home" } },
    ],
    decisions: [makeCandidate({ question: "Rule?" }), makeCandidate({ question: "Model?", judged: { repo: "home", weight: 1 } })],
    judgement: { runtime: "own", told: "t", trees: [{ repo: "home", commit, at: "2026-11-20T08:00:00.000Z", state: "done", dropped }] },
  };
  const lines = (command.render as (briefs: unknown, paint: unknown) => string)([brief], paint).split("\n");
  expect(lines.filter((line) => line.endsWith("own's view"))).toEqual([
    "  risk    Of a model.  a.md:3  own's view",
    "  ? Model? (Mend them)  own's view",
  ]);
  const plain = { ...brief, judgement: undefined, facts: brief.facts.slice(0, 1), decisions: brief.decisions.slice(0, 1) };
  expect((command.render as (briefs: unknown, paint: unknown) => string)([plain], paint)).not.toMatch(/view|judged/);
});

test("S25: the last screen says what was chosen and files nothing, and what to do", () => {
  const decision = { domain: "music", decision: "judged:a", question: "Do it?", answer: "chosen", option: "go", authority: "operator" };
  const session: SessionResult = {
    ...{ session: "S-1", scouted: ["music"], skipped: [], failed: [], tickets: [], paused: [], modelCalls: 2 },
    decisions: [{ ...decision, tickets: [], refused: ['"It\u001b[2J": gone.md is not there'] }],
    doctor: { grade: "A", passed: 19, total: 19 },
  };
  const text = formatSession(session, paint);
  expect(text).toContain('! music: "Do it?" files nothing\n    "It": gone.md is not there');
  expect(text).toContain("Next: mos start --again");
  expect(formatSession({ ...session, decisions: [{ ...decision, tickets: ["MUS-1"] }] }, paint)).not.toMatch(/files nothing|--again/);
});
