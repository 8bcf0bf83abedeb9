import type { CommandRow } from "../command-row.ts";

const group = "Care:";

export const careRows: readonly CommandRow[] = [
  {
    path: "doctor",
    group,
    summary: "nineteen checks, graded; what fails, and its remedy",
    gives:
      "{ grade, passed, total: 19, domains: { NAME: grade }, checks: [{ id, ok, domain?, reason, fix }], repairs?: [{ id, domain?, done }], proofs?: [{ client, version?, state, at, guards, reason, fix, rows: [{ client, profile, agent, way, guard, attempt, outcome, layers, calls }] }], provenBefore?: [{ client, version?, state, at, stale? }] }",
    options: [
      { name: "fix", summary: "mend what is safe to mend" },
      { name: "dry-run", summary: "say what --fix would mend" },
      { name: "prove", summary: "start each agent client offline, let it try what is forbidden, and show what refused it" },
      { name: "clients", value: "DIR", variadic: true, summary: "with --prove: look for clients there too, before PATH" },
      {
        name: "client",
        value: "NAME",
        variadic: true,
        summary: "with --prove: these clients alone",
        choices: ["claude", "codex", "opencode", "gemini"],
      },
      {
        name: "way",
        value: "WAY",
        variadic: true,
        summary: "with --prove: these ways of attacking the guards alone; the proof is not kept",
      },
    ],
    examples: ["mos doctor", "mos doctor --fix --dry-run", "mos doctor --prove", 'mos doctor --prove --client claude --way "hook killed"'],
    load: () => import("../command/doctor.ts"),
  },
  {
    path: "scripted-model",
    group,
    summary: "a local model that says what a script says, for trying agent clients offline",
    gives: "{ url }, at once; then it listens until Ctrl-C",
    args: [{ name: "script", summary: "what it says, in YAML or JSON (docs/model-script.md)" }],
    options: [
      { name: "port", value: "N", summary: "a port of 127.0.0.1; default a free one" },
      { name: "set", value: "NAME=VALUE", variadic: true, summary: "a value for {{NAME}} in the script" },
      { name: "record", value: "FILE", summary: "keep every request there, one JSON object a line" },
    ],
    examples: ["mos scripted-model hello.yaml --port 8080", "mos scripted-model attack.yaml --set file=/etc/passwd --record asked.jsonl"],
    load: () => import("../command/scripted-model.ts"),
  },
  {
    path: "agents",
    group: "Agents:",
    summary: "what each runtime was seen to be able to do, and which roles it may play",
    gives:
      "[{ runtime, version?, agent, state, able, reason, fix?, offered: [], works: [], refused: [], open: [], spawns, spawnLevels, asks, hooks, hooksBlock, structuredOutput, outputBy?, resumes, cost, calls: [{ tool, does, expected, outcome, layer?, words }], observedAt? }]",
    load: () => import("../command/agents.ts"),
  },
  {
    path: "agents probe",
    group: "Agents:",
    summary: "look at each agent client, offline, as it starts by itself and as each role, and keep what was seen",
    gives: "the same, of those that were looked at",
    options: [
      {
        name: "runtime",
        value: "R",
        variadic: true,
        summary: "these alone: claude, codex, opencode, gemini, or a runtime of kind acp; default all that are installed",
      },
      { name: "clients", value: "DIR", variadic: true, summary: "look for clients there too, before PATH" },
    ],
    examples: ["mos agents probe", "mos agents probe --runtime claude"],
    load: () => import("../command/agents-probe.ts"),
  },
  {
    path: "claude",
    group: "Agents:",
    summary: "start Claude Code with the orchestrator's palette and guards in force",
    gives: "nothing of its own: the session runs in this terminal, and its exit code is this command's",
    args: [{ name: "args", summary: "for claude: what leaves the guards in force, all else is refused", optional: true, variadic: true }],
    examples: ["mos claude", "mos claude /mos:start", "mos claude --continue --model opus"],
    load: () => import("../command/claude.ts"),
  },
  {
    path: "mcp",
    group: "Agents:",
    summary: "an MCP server on stdin and stdout, bound to one domain or to the main session",
    gives: "nothing of its own: it speaks the Model Context Protocol until the client leaves",
    options: [
      { name: "domain", value: "D", summary: "reads this domain, and no other" },
      { name: "orchestrator", summary: "plays a session: briefs, questions, answers, work; nothing of sealed domains" },
      { name: "guarded", summary: "said by mos claude, whose guards are in force; without it the doctor notes an ordinary session" },
    ],
    examples: ["mos mcp --orchestrator", "mos mcp --domain music"],
    load: () => import("../command/mcp.ts"),
  },
  {
    path: "sweep",
    group,
    summary: "clear away what dead workers left, as every run does first",
    gives: "{ leases: [], slots: [], locks: [], lanes: [], runs: [], unsettled: [{ lane, tickets: [], reason, remedy }], greeting? }",
    options: [{ name: "greet", summary: "say how the workspace stands, for an agent's session; never fails, and takes 10 s at most" }],
    load: () => import("../command/sweep.ts"),
  },
  {
    path: "guard install",
    group,
    summary: "write the guards into the settings of the agent clients that are installed",
    gives:
      "{ written, changes: [{ client, scope, file, before?, after }], current: [], skipped: [{ client, reason }], alarms: [{ lane, state }] }",
    options: [
      { name: "managed", summary: "into the machine's own settings, which no session can switch off (needs the right to write /etc)" },
      { name: "dry-run", summary: "show the files and write none" },
      { name: "yes", summary: "do not ask" },
    ],
    examples: ["mos guard install --dry-run", "sudo mos guard install --managed"],
    load: () => import("../command/guard-install.ts"),
  },
  {
    path: "guard status",
    group,
    summary: "what the guards of each agent client are worth: enforced, or only detected",
    gives: "[{ client, state, version?, program?, measured, runs, sessions, installed: [{ scope, file, state }], reason, fix? }]",
    load: () => import("../command/guard-status.ts"),
  },
  {
    path: "completion",
    group,
    summary: "print a completion script for your shell",
    gives: "the script, as text",
    args: [{ name: "shell", summary: "your shell", choices: ["bash", "zsh", "fish", "powershell"] }],
    examples: ["mos completion zsh > ~/.zsh/completions/_mos"],
    load: () => import("../command/completion.ts"),
  },
];
