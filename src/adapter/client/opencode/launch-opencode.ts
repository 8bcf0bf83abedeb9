import type { ClientLaunch, ClientRun } from "../../../port/agent-client.ts";
import { refuseLogin } from "../refuse-login.ts";
import { findPalette } from "../role-palette.ts";

const configFile = "opencode.json";
const systemFile = "system.md";
/** Named where the run names no model: the relay's upstream decides what it means. */
const anyModel = "default";
const toolMs = 3_600_000;

/** OpenCode with its shell, its web and its agents denied, and none of the tree's own settings or plugins read. Pure. */
export function launchOpencode(run: ClientRun): ClientLaunch {
  refuseLogin("opencode", run);
  return {
    argv: [
      ...["opencode", "run", "--pure", "--format", "json", "--model", `mos/${run.model ?? anyModel}`, "--dir", run.tree],
      ...(run.conversation?.resume === undefined ? [] : ["--session", run.conversation.resume]),
    ],
    input: run.prompt,
    env: {
      OPENCODE_CONFIG: `${run.configDir}/${configFile}`,
      OPENCODE_DISABLE_PROJECT_CONFIG: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      OPENCODE_DISABLE_EXTERNAL_SKILLS: "1",
      OPENCODE_DISABLE_CLAUDE_CODE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_SHARE: "1",
      OPENCODE_PURE: "1",
    },
    files: {
      [configFile]: JSON.stringify(makeConfig(run), null, 2),
      ...(run.system === undefined ? {} : { [systemFile]: run.system }),
    },
    ...(run.conversation === undefined ? {} : { keeps: "~/.local/share/opencode" }),
    // Seen with 1.18.33: a plugin that lies here runs, whatever `--pure` and the variables say.
    emptied: [".opencode"],
  };
}

function makeConfig(run: ClientRun): unknown {
  const { writes, runs } = findPalette(run);
  const model = run.model ?? anyModel;
  const headers = { "x-mos-run": run.token };
  return {
    $schema: "https://opencode.ai/config.json",
    autoupdate: false,
    share: "disabled",
    snapshot: false,
    enabled_providers: ["mos"],
    model: `mos/${model}`,
    small_model: `mos/${model}`,
    ...(run.system === undefined ? {} : { instructions: [`${run.configDir}/${systemFile}`] }),
    provider: {
      mos: {
        npm: "@ai-sdk/openai-compatible",
        name: "mos",
        // The relay adds the key: what stands here opens nothing.
        options: { baseURL: `${run.relay}/v1`, apiKey: "held-by-the-relay", headers },
        models: { [model]: { name: model, tool_call: true, limit: { context: 200_000, output: 32_000 } } },
      },
    },
    mcp: { mos: { type: "remote", url: `${run.relay}/mcp`, headers, oauth: false, enabled: true, timeout: toolMs } },
    permission: {
      "*": "deny",
      read: { "*": "allow", "*.env": "deny", "*.env.*": "deny" },
      glob: "allow",
      grep: "allow",
      list: "allow",
      edit: writes ? { "*": "allow", ".git/*": "deny", ".claude/*": "deny", ".opencode/*": "deny", "opencode.json": "deny" } : "deny",
      external_directory: "deny",
      bash: "deny",
      webfetch: "deny",
      websearch: "deny",
      task: run.subagents ? "allow" : "deny",
      skill: "deny",
      ...(runs ? { mos_run: "allow" } : {}),
      ...(run.outputSchema === undefined ? {} : { mos_hand_in: "allow" }),
    },
  };
}
