/** A main session of the operator's own, at their terminal. Paths are absolute. */
export interface OrchestratorSession {
  /** The workspace: where the session starts. */
  readonly root: string;
  /** Homes and attached repositories of every domain, and the state folder: no file of these is shown to the client's own tools. */
  readonly hidden: readonly string[];
  /** argv of the guard before every tool. */
  readonly hook: readonly string[];
  /** argv of the orchestrator's MCP server. */
  readonly server: readonly string[];
  /** argv of what prints the status line. */
  readonly statusLine: readonly string[];
  readonly pluginDir: string;
  /** What the operator gave, looked through already. */
  readonly args: readonly string[];
}

const hookSeconds = 30;

/** It asks, shows and remembers; what is done is done by Master OS's own tools. */
const tools = ["AskUserQuestion", "Read", "Skill", "TodoWrite", "ToolSearch"];

const refused = [
  ...["Bash", "PowerShell", "Monitor", "KillShell", "BashOutput", "Edit", "Write", "NotebookEdit", "Agent", "Task", "Workflow"],
  ...["WebFetch", "WebSearch", "EnterWorktree", "ExitWorktree", "Grep", "Glob", "LSP", "CronCreate", "RemoteTrigger"],
];

/**
 * argv of a session with the orchestrator's palette and guards in force, as measured with 2.1.330: every other source of
 * settings is shut out, hooks cannot be switched off and block when they fail, no tool runs a command, changes a file or
 * starts an agent. What the settings hold is given in argv: a file could be changed while the session runs. Pure.
 */
export function launchOrchestrator(session: OrchestratorSession): string[] {
  const { root, hidden, server, pluginDir, args } = session;
  const [command = "", ...serverArgs] = server;
  return [
    "--restricted",
    ...["--setting-sources", ""],
    "--strict-mcp-config",
    ...["--mcp-config", JSON.stringify({ mcpServers: { mos: { type: "stdio", command, args: serverArgs } } })],
    ...["--settings", JSON.stringify(makeSettings({ ...session, root, hidden }))],
    ...["--tools", tools.join(",")],
    ...["--plugin-dir", pluginDir],
    "--no-chrome",
    // Left to itself, 2.1.330 asks a model whether a call needs the operator's word.
    ...(args.includes("--permission-mode") ? [] : ["--permission-mode", "manual"]),
    ...args,
  ];
}

function makeSettings({ root, hidden, hook, statusLine }: OrchestratorSession): unknown {
  const [command = "", ...args] = hook;
  const places = hidden.flatMap((path) => [path, `${path}/**`]);
  return {
    disableAllHooks: false,
    permissions: {
      allow: ["mcp__mos", "Skill(mos:*)", `Read(/${root}/mos.yaml)`],
      deny: [...refused, ...places.flatMap((path) => [`Read(/${path})`, `Edit(/${path})`]), "Read(~/.claude/**)", "Read(~/.ssh/**)"],
      disableBypassPermissionsMode: "disable",
      disableAutoMode: "disable",
    },
    disableAutoMode: "disable",
    hooks: {
      PreToolUse: [{ matcher: "*", hooks: [{ type: "command", command, args, timeout: hookSeconds, onFailure: "block" }] }],
    },
    statusLine: { type: "command", command: statusLine.map(quoteWord).join(" ") },
  };
}

/** The status line has no exec form. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
