import type { CommandRow } from "../command-row.ts";

const group = "Look:";

export const lookRows: readonly CommandRow[] = [
  {
    path: "brief",
    group,
    summary: "the latest brief of each domain, and whether it still stands",
    gives: "[{ domain, at, fresh, stale?, ageMs, fingerprint, facts: [], decisions: [], evidence: [{ repo, commit, path, line, quote }] }]",
    options: [{ name: "domain", value: "D", summary: "of one domain" }],
    load: () => import("../command/brief.ts"),
  },
  {
    path: "status",
    group,
    summary: "the workspace at a glance",
    gives:
      "{ workspace, domains: [{ name, tickets: { draft, ready, … }, grade?, paused: [] }], running: [], queue: [], questions, review, cost, doctor? }",
    options: [{ name: "line", summary: "one short line, at once: for the status line of a client" }],
    load: () => import("../command/status.ts"),
  },
  {
    path: "gate status",
    group,
    summary: "lanes, what waits before them, and slots in use",
    gives:
      "{ lanes: [{ lane, repo, branch, tip, paused?, window, waiting: [], landing?, lastReceipt? }], gone: [{ lane, tickets: [], landing: [], reason, remedy }], disk: { keptMb, limitMb, full }, slots: [{ id, owner, alive }] }",
    load: () => import("../command/gate-status.ts"),
  },
  {
    path: "gate receipt",
    group,
    summary: "the proof that a landing was tested",
    gives:
      "{ tickets: [], base, tree, commit, heads, gateHash, logHead, verdicts: [], checks: [{ name, exitCode, ms, log }], doctor, landedAt }",
    args: [{ name: "id", summary: "a ticket, a landed commit or a receipt's id" }],
    load: () => import("../command/gate-receipt.ts"),
  },
  {
    path: "log",
    group,
    summary: "everything that happened, oldest first",
    gives:
      "[{ seq, at, kind, domain?, ticket?, actor, authority?, reason, data, prev, hash }]; with --follow one envelope a line, kind `event`, and with --ticket what is said in its runs, kind `run-word`",
    options: [
      { name: "since", value: "S", summary: "a sequence number, a date or moment, or an age (30m, 12h, 7d)" },
      { name: "ticket", value: "ID", summary: "of one ticket" },
      { name: "follow", summary: "go on until Ctrl-C; with --ticket also what is said in its runs" },
    ],
    examples: ["mos log --since 1d", "mos log --ticket MUS-12 --follow"],
    load: () => import("../command/log.ts"),
  },
  {
    path: "attach",
    group,
    summary: "read what is said in a run of a model, while it goes on or afterwards",
    gives:
      "one envelope a line, kind `run-word`: { run, who: model | call | answer | note, text }, and last { run, who: end, state, text }",
    args: [{ name: "id", summary: "a run (run-12), or a ticket: its run that goes on, or the last one" }],
    examples: ["mos attach run-12", "mos attach MUS-12"],
    load: () => import("../command/attach.ts"),
  },
  {
    path: "log verify",
    group,
    summary: "hold the whole log and every main against their receipts; with copies of both also offline, without a workspace",
    gives:
      "{ ok, events, brokenAt?, head, commits, receipts, findings: [{ lane, commit, problem, reason, remedy }], lostHeads: [], unread: [{ lane, reason }], unasked?: [] }; problem is no-receipt, forged, replayed, changed, log-head, lost, stray or baseline",
    options: [
      { name: "log", value: "FILE", summary: "a copy of the log, as mos log export writes it, instead of the workspace's" },
      { name: "repo", value: "DIR", variadic: true, summary: "with --log: copies of repositories, DIR or LANE=DIR (git clone --mirror)" },
      {
        name: "baseline",
        value: "COMMIT",
        variadic: true,
        summary: "with --log: where receipts begin, COMMIT or LANE=COMMIT, when the log does not say",
      },
    ],
    examples: ["mos log verify", "mos log verify --log log.jsonl --repo music.git app.git"],
    load: () => import("../command/log-verify.ts"),
  },
  {
    path: "log export",
    group,
    summary: "copy the whole log with its chain to a new file, an event in each line",
    gives: "{ file, events, head }",
    args: [{ name: "file", summary: "which is not there yet" }],
    examples: ["mos log export log.jsonl"],
    load: () => import("../command/log-export.ts"),
  },
  {
    path: "playbook list",
    group,
    summary: "the chores that need no model, built in and your own",
    gives: "[{ id, title, description, where }]",
    load: () => import("../command/playbook-list.ts"),
  },
  {
    path: "role show",
    group: "Agents:",
    summary: "what a role that a model plays is told, may use and must give, and who plays it",
    gives:
      "{ role, domain?, source, places: [], system, tools: [], writes, output, choice?: { runtime, model? }, ready?: { ok, reason?, clears? } }",
    args: [
      {
        name: "role",
        summary: "which one",
        choices: ["scout", "executor", "verifier", "distiller", "librarian", "operator-global"],
      },
    ],
    options: [{ name: "domain", value: "D", summary: "as it is played there; whether it could start now is shown too" }],
    examples: ["mos role show scout", "mos role show executor --domain music"],
    load: () => import("../command/role-show.ts"),
  },
];
