import type { ClientLaunch, ClientRun } from "../../../port/agent-client.ts";
import { findPalette } from "../role-palette.ts";

const hookSeconds = 30;
const settingsFile = "settings.json";
const mcpFile = "mcp.json";
const systemFile = "system.md";
/** Of the provider's refusals for its load the relay waits out what is short; a client that waits long on top holds a slot. */
const retriesMax = "4";

/**
 * The strongest form that 2.1.330 offers: every other source of settings is shut out, a hook that fails blocks, hooks cannot
 * be switched off, and no tool of the client's own runs a command. Pure.
 */
export function launchClaude(run: ClientRun): ClientLaunch {
  const tools = listTools(run);
  const runs = findPalette(run).runs;
  return {
    argv: [
      "claude",
      "--print",
      ...["--output-format", "stream-json", "--verbose", "--include-hook-events"],
      "--restricted",
      ...["--setting-sources", ""],
      "--strict-mcp-config",
      ...["--mcp-config", `${run.configDir}/${mcpFile}`],
      ...["--settings", `${run.configDir}/${settingsFile}`],
      ...["--tools", tools.join(",")],
      ...["--allowedTools", listAllowed(run, tools).join(",")],
      ...["--permission-mode", "dontAsk", "--permission-prompts", "none"],
      "--disable-slash-commands",
      ...(run.conversation === undefined ? ["--no-session-persistence"] : []),
      ...(run.conversation?.resume === undefined ? [] : ["--resume", run.conversation.resume]),
      "--no-chrome",
      ...["--max-turns", String(run.maxTurns)],
      ...(run.model === undefined ? [] : ["--model", run.model]),
      ...(run.system === undefined ? [] : ["--append-system-prompt-file", `${run.configDir}/${systemFile}`]),
      ...(run.outputSchema === undefined ? [] : ["--json-schema", JSON.stringify(run.outputSchema)]),
    ],
    input: run.prompt,
    env: {
      ANTHROPIC_BASE_URL: run.relay,
      ANTHROPIC_CUSTOM_HEADERS: `x-mos-run: ${run.token}`,
      // The relay adds the key: what stands here opens nothing.
      ...(run.login ? {} : { ANTHROPIC_API_KEY: "held-by-the-relay" }),
      CLAUDE_CODE_MAX_SUBAGENT_SPAWN_DEPTH: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
      CLAUDE_CODE_MAX_RETRIES: retriesMax,
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
    },
    files: {
      [settingsFile]: JSON.stringify(makeSettings(run), null, 2),
      [mcpFile]: JSON.stringify({
        mcpServers: runs ? { mos: { type: "http", url: `${run.relay}/mcp`, headers: { "x-mos-run": run.token } } } : {},
      }),
      ...(run.system === undefined ? {} : { [systemFile]: run.system }),
      ...(run.login ? { [loginFile]: writeLogin(run.login) } : {}),
    },
    ...(run.conversation === undefined ? {} : { keeps: "~/.claude/projects" }),
    ...(run.login ? { secretFiles: [loginFile] } : {}),
  };
}

const loginFile = "~/.claude/.credentials.json";

/** The form in which the client keeps it, without what renews it: a stolen one ends by itself. */
function writeLogin(login: NonNullable<ClientRun["login"]>): string {
  const scopes = ["user:inference", "user:profile"];
  return JSON.stringify({ claudeAiOauth: { accessToken: login.accessToken, expiresAt: login.expiresAt, scopes } });
}

function listTools(run: ClientRun): string[] {
  const writing = findPalette(run).writes ? ["Edit", "Write"] : [];
  return ["Read", "Grep", "Glob", ...writing, ...(run.subagents ? ["Agent"] : [])];
}

function listAllowed(run: ClientRun, tools: readonly string[]): string[] {
  const inTree = (tool: string) => (tool === "Agent" ? tool : tool === "Write" ? [] : `${tool}(/${run.tree}/**)`);
  return [...tools.flatMap(inTree), ...(findPalette(run).runs ? ["mcp__mos__run"] : [])];
}

/** Neither read nor written, whoever allows it: where the login, this run's files and the kernel's view of processes lie. */
const hiddenPlaces = ["//tmp/home/**", "//proc/**", "//sys/**", "//dev/**", "//run/**", "//opt/mos/**", "//root/**", "//home/**"];
const protectedInTree = [
  ".git",
  ".claude",
  ".mcp.json",
  "CLAUDE.local.md",
  ".vscode",
  ".idea",
  ".codex",
  ".gemini",
  ".opencode",
  "opencode.json",
];
const ownShells = ["Bash", "PowerShell", "Monitor", "Workflow", "WebFetch", "WebSearch", "NotebookEdit", "Skill", "EnterWorktree"];

function makeSettings(run: ClientRun): unknown {
  const edits = findPalette(run).writes ? [] : ["Edit", "Write"];
  const deny = [
    ...ownShells,
    ...(run.subagents ? [] : ["Agent", "Task"]),
    ...edits,
    ...hiddenPlaces.flatMap((place) => [`Read(${place})`, `Edit(${place})`]),
    ...protectedInTree.flatMap((name) => [`Edit(/${run.tree}/${name})`, `Edit(/${run.tree}/${name}/**)`]),
  ];
  const [command = "", ...args] = run.hook;
  return {
    disableAllHooks: false,
    permissions: { deny, defaultMode: "dontAsk", disableBypassPermissionsMode: "disable" },
    hooks: {
      PreToolUse: [
        {
          matcher: "*",
          hooks: [
            { type: "command", command, args, timeout: hookSeconds, onFailure: "block" },
            {
              type: "http",
              url: `${run.relay}/hook`,
              headers: { "x-mos-run": run.token },
              timeout: hookSeconds,
              onFailure: "block",
            },
          ],
        },
      ],
    },
  };
}
