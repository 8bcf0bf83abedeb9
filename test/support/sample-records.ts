import { AgentRun } from "../../src/contract/agent.ts";
import { Brief } from "../../src/contract/brief.ts";
import { Decision } from "../../src/contract/decision.ts";
import { Artifact, Candidate } from "../../src/contract/knowledge.ts";
import { Landing, Lane, Lease, Receipt, Report, Session, Verdict } from "../../src/contract/run.ts";
import { Ticket } from "../../src/contract/ticket.ts";

const at = "2026-11-01T08:00:00.000Z";
const commit = "a".repeat(40);

/** A ticket with nothing special about it; `given` says what is. The same for the others. */
export function sampleTicket(given: Partial<Ticket> = {}): Ticket {
  return Ticket.parse({
    id: "MUS-1",
    title: "mend the links",
    domain: "music",
    accept: [{ text: "links hold", run: "true" }],
    status: { state: "draft" },
    version: 1,
    epoch: 0,
    createdAt: at,
    ...given,
  });
}

export function sampleDecision(given: Partial<Decision> = {}): Decision {
  return Decision.parse({
    id: "1/music/broken-links",
    session: "1",
    domain: "music",
    brief: "1/music",
    candidate: {
      key: "broken-links",
      question: "Mend them?",
      score: 10,
      options: [{ id: "mend", label: "Mend them", tickets: [] }],
      source: "playbook",
    },
    answer: { kind: "open" },
    version: 1,
    ...given,
  });
}

export function sampleLease(given: Partial<Lease> = {}): Lease {
  return Lease.parse({ key: "ticket:MUS-1", owner: "host/1/1", pid: 1, process: "boot:1", epoch: 1, beat: 0, ...given });
}

export function sampleReceipt(given: Partial<Receipt> = {}): Receipt {
  return Receipt.parse({
    id: commit,
    lane: "music",
    tickets: ["MUS-1"],
    base: "b".repeat(40),
    tree: "c".repeat(40),
    commit,
    heads: {},
    gateHash: "d".repeat(64),
    logHead: "0".repeat(64),
    verdicts: ["MUS-1/1"],
    checks: [],
    doctor: { grade: "A", passed: 19, total: 19 },
    landedAt: at,
    ...given,
  });
}

const brief = Brief.parse({
  id: "1/music",
  session: "1",
  domain: "music",
  at,
  scout: "1",
  fingerprint: "f",
  freshUntil: at,
  heads: { home: commit },
  facts: [{ kind: "change", text: "a change" }],
  decisions: [],
});
const session = Session.parse({ id: "1", startedAt: at, stage: "sweep" });
const lane = Lane.parse({ id: "music" });
const landing = Landing.parse({ id: commit, lane: "music", receipt: sampleReceipt(), startedAt: at });
const report = Report.parse({ id: "MUS-1/1", ticket: "MUS-1", epoch: 1, runtime: "playbook", at, outcome: "done", summary: "did it" });
const verdict = Verdict.parse({ id: "MUS-1/1", ticket: "MUS-1", commit, base: commit, at, outcome: "pass", verifier: "mos", points: [] });
const artifact = Artifact.parse({ id: "ticket/MUS-1", domain: "music", kind: "ticket", source: "MUS-1", at, text: "Learned: much" });
const candidate = Candidate.parse({
  id: "c1",
  domain: "music",
  claim: "links hold",
  confidence: "high",
  reason: "typed",
  target: "wiki/links.md",
  source: { artifact: "ticket/MUS-1", line: 1, quote: "much" },
  kind: "new",
  route: "librarian",
});

const agentRun = AgentRun.parse({
  id: "run-1",
  domain: "music",
  role: "executor",
  ticket: "MUS-1",
  epoch: 1,
  runtime: "claude",
  owner: "host/1/1",
  state: "running",
  startedAt: at,
  day: at.slice(0, 10),
});

/** One record of every collection of the store, with a change of it. */
export const samples = {
  versioned: {
    tickets: { id: "MUS-1", row: sampleTicket(), changed: sampleTicket({ version: 2, title: "mend them all" }) },
    decisions: {
      id: "1/music/broken-links",
      row: sampleDecision(),
      changed: sampleDecision({ version: 2, answer: { kind: "chosen", option: "mend" }, answeredAt: at }),
    },
  },
  plain: {
    briefs: { id: "1/music", row: brief, changed: { ...brief, fingerprint: "g" } },
    sessions: { id: "1", row: session, changed: { ...session, stage: "scout", endedAt: at } },
    leases: { id: "ticket:MUS-1", row: sampleLease(), changed: sampleLease({ beat: 2 }) },
    lanes: { id: "music", row: lane, changed: { ...lane, paused: { by: "operator" as const, reason: "wait", paths: [] } } },
    landings: { id: commit, row: landing, changed: { ...landing, checkout: "/home/me/music" } },
    receipts: { id: commit, row: sampleReceipt(), changed: sampleReceipt({ gateHash: "e".repeat(64) }) },
    reports: { id: "MUS-1/1", row: report, changed: { ...report, learned: ["much"] } },
    verdicts: { id: "MUS-1/1", row: verdict, changed: { ...verdict, outcome: "fail" as const } },
    artifacts: { id: "ticket/MUS-1", row: artifact, changed: { ...artifact, distilledAt: at } },
    candidates: { id: "c1", row: candidate, changed: { ...candidate, status: "ticketed" as const, ticket: "MUS-2" } },
    agentRuns: { id: "run-1", row: agentRun, changed: { ...agentRun, state: "done" as const, endedAt: at } },
    notes: { id: "doctor:last", row: { id: "doctor:last", value: { grade: "A" } }, changed: { id: "doctor:last", value: null } },
  },
};
