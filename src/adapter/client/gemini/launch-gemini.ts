import type { ClientLaunch, ClientRun } from "../../../port/agent-client.ts";
import { quoteForShell } from "../quote-for-shell.ts";
import { refuseLogin } from "../refuse-login.ts";
import { findPalette } from "../role-palette.ts";

const hookMs = 30_000;
const settingsFile = "gemini.json";
/** The tree's own settings, extensions and commands. */
const emptied = [".gemini"];

/** By the documentation of 0.61, not run here: system settings of the run's own, which lie over every other source. Pure. */
export function launchGemini(run: ClientRun): ClientLaunch {
  refuseLogin("gemini", run);
  return {
    argv: [
      "gemini",
      ...["--output-format", "stream-json"],
      ...["--approval-mode", findPalette(run).writes ? "auto_edit" : "default"],
      ...(run.model === undefined ? [] : ["--model", run.model]),
    ],
    input: run.system === undefined ? run.prompt : `${run.system}\n\n${run.prompt}`,
    env: {
      GEMINI_CLI_SYSTEM_SETTINGS_PATH: `${run.configDir}/${settingsFile}`,
      GOOGLE_GEMINI_BASE_URL: run.relay,
      GEMINI_CLI_CUSTOM_HEADERS: `x-mos-run: ${run.token}`,
      // The relay adds the key: what stands here opens nothing.
      GEMINI_API_KEY: "held-by-the-relay",
      GEMINI_TELEMETRY_ENABLED: "false",
    },
    files: { [settingsFile]: JSON.stringify(makeSettings(run), null, 2) },
    emptied,
  };
}

function makeSettings(run: ClientRun): unknown {
  const { writes, runs } = findPalette(run);
  const served = runs || run.outputSchema !== undefined;
  const own = ["read_file", "list_directory", "glob", "grep_search", ...(writes ? ["write_file", "replace"] : [])];
  return {
    general: { enableAutoUpdate: false, maxAttempts: 3 },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    security: { disableYoloMode: true, folderTrust: { enabled: true } },
    model: { maxSessionTurns: run.maxTurns },
    tools: { core: own, exclude: ["run_shell_command", "web_fetch", "google_web_search", "save_memory"] },
    mcp: { allowed: served ? ["mos"] : [] },
    mcpServers: served ? { mos: { httpUrl: `${run.relay}/mcp`, headers: { "x-mos-run": run.token }, trust: true } } : {},
    hooksConfig: { enabled: true },
    hooks: {
      BeforeTool: [{ matcher: ".*", hooks: [{ name: "mos-guard", type: "command", command: quoteForShell(run.hook), timeout: hookMs }] }],
    },
  };
}
