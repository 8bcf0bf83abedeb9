import type { CommandRow } from "../command-row.ts";

const group = "Care:";

/** How a guard is asked, and the process that answers fast. */
export const guardRows: readonly CommandRow[] = [
  {
    path: "hook",
    group,
    summary: "decide on one tool call of an agent, for its client's hook",
    gives: "not an envelope: the client's own answer on stdout; exit 0 allows, 2 denies, and there is no other",
    args: [{ name: "client", summary: "whose form the call has", choices: ["claude", "codex", "gemini", "opencode", "generic"] }],
    options: [
      { name: "role", value: "R", summary: "the agent's role", required: true },
      { name: "domain", value: "D", summary: "its domain; the orchestrator has none" },
      { name: "ticket", value: "T", summary: "its ticket" },
      { name: "worktree", value: "W", summary: "where it may write, absolute" },
      { name: "boxed", summary: "its shell commands run in the tool box" },
      { name: "policy", value: "FILE", summary: "the compiled policy, where it is not in the workspace" },
      { name: "spool", value: "DIR", summary: "where a refusal waits for the log, when not in the workspace" },
    ],
    examples: ["mos hook claude --role executor --domain music --ticket MUS-12 --worktree /work/tree < call.json"],
    load: () => import("../command/hook.ts"),
  },
  {
    path: "rhythm install",
    group,
    summary: "let the machine's own clock brief and distil each domain at its times: systemd's user timers, or a crontab; shown first",
    gives: "{ written, print, kind, changes: [{ file, before?, after?, link? }] }; no after: it goes",
    options: [
      { name: "with", value: "KIND", summary: "what keeps the time (default: what is here)", choices: ["systemd", "cron"] },
      { name: "print", summary: "show what would be written, and write nothing" },
      { name: "yes", summary: "do not ask" },
    ],
    examples: ["mos rhythm install --print"],
    load: () => import("../command/rhythm-install.ts"),
  },
  {
    path: "rhythm uninstall",
    group,
    summary: "take away what rhythm install wrote for this workspace, and nothing of anybody else's; shown first",
    gives: "{ removed, print, changes: [{ file, before?, after?, link? }] }",
    options: [
      { name: "print", summary: "show what would go, and change nothing" },
      { name: "yes", summary: "do not ask" },
    ],
    load: () => import("../command/rhythm-uninstall.ts"),
  },
  {
    path: "rhythm turn",
    group,
    summary: "take one domain's turn now, as the clock does: brief it where something is new, or distil it",
    gives: "{ kind, domain, at, done }",
    args: [{ name: "kind", summary: "which of the two", choices: ["scout", "distill"] }],
    options: [
      { name: "domain", value: "D", summary: "whose turn it is", required: true },
      { name: "wait", value: "MINUTES", summary: "for a session that is running to end (default: 30)" },
    ],
    examples: ["mos rhythm turn scout --domain music"],
    load: () => import("../command/rhythm-turn.ts"),
  },
  {
    path: "daemon start",
    group,
    summary: "start the resident process: fast hooks, the rhythm, a watch over main",
    gives: "{ running, answers, pid?, address?, version?, startedAt?, uptimeSeconds?, served?, denied?, refused? }",
    examples: ["mos daemon start"],
    load: () => import("../command/daemon-start.ts"),
  },
  {
    path: "daemon stop",
    group,
    summary: "end the resident process; everything works without it",
    gives: "{ stopped, pid? }",
    load: () => import("../command/daemon-stop.ts"),
  },
  {
    path: "daemon status",
    group,
    summary: "whether the resident process runs and answers, and what it decided",
    gives: "as daemon start",
    load: () => import("../command/daemon-status.ts"),
  },
];
