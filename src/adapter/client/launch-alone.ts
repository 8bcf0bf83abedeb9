import type { ClientLaunch, ClientName, ClientRun } from "../../port/agent-client.ts";
import { quoteForShell } from "./quote-for-shell.ts";

/**
 * A client as it starts by itself, headless: nothing of its palette taken away, no settings but where its model is and a hook
 * in the form that its documentation gives first. For looking at it, in its box; never for work. Pure.
 *
 * @returns `undefined` for a client of which nobody has seen how it starts
 */
export function launchAlone(client: ClientName, run: ClientRun): ClientLaunch | undefined {
  return launches[client]?.(run);
}

const launches: Partial<Record<ClientName, (run: ClientRun) => ClientLaunch>> = {
  claude: (run) => ({
    argv: ["claude", "--print", "--output-format", "stream-json", "--verbose", "--max-turns", String(run.maxTurns)],
    input: run.prompt,
    env: {
      ANTHROPIC_BASE_URL: run.relay,
      ANTHROPIC_CUSTOM_HEADERS: `x-mos-run: ${run.token}`,
      ANTHROPIC_API_KEY: "held-by-the-relay",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
    },
    files: { "~/.claude/settings.json": JSON.stringify({ hooks: { PreToolUse: [{ matcher: "*", hooks: [commandHook(run)] }] } }) },
  }),
  codex: (run) => ({
    argv: [
      ...["codex", "exec", "--skip-git-repo-check", "--json", "--color", "never", "--cd", run.tree],
      ...(run.model === undefined ? [] : ["--model", run.model]),
      "-",
    ],
    input: run.prompt,
    env: { CODEX_HOME: "/tmp/home/.codex" },
    files: {
      "~/.codex/config.toml": [
        'model_provider = "mos"',
        "check_for_update_on_startup = false",
        // Its own sandbox cannot start inside another: the box stands for it.
        'sandbox_mode = "danger-full-access"',
        // The one tool that its relay lets nobody offer: the provider runs it.
        'web_search = "disabled"',
        "",
        "[model_providers.mos]",
        'name = "mos"',
        `base_url = ${JSON.stringify(`${run.relay}/v1`)}`,
        'wire_api = "responses"',
        "requires_openai_auth = false",
        `http_headers = { "x-mos-run" = ${JSON.stringify(run.token)} }`,
        "",
        "[analytics]",
        "enabled = false",
        "",
        "[[hooks.PreToolUse]]",
        'matcher = "*"',
        "[[hooks.PreToolUse.hooks]]",
        'type = "command"',
        `command = ${JSON.stringify(quoteForShell(run.hook))}`,
        "timeout = 30",
        "",
      ].join("\n"),
    },
  }),
  opencode: (run) => ({
    argv: ["opencode", "run", "--format", "json", "--model", `mos/${run.model ?? "default"}`, "--dir", run.tree],
    input: run.prompt,
    env: {
      OPENCODE_CONFIG: `${run.configDir}/opencode.json`,
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      OPENCODE_DISABLE_SHARE: "1",
    },
    files: {
      "opencode.json": JSON.stringify({
        enabled_providers: ["mos"],
        model: `mos/${run.model ?? "default"}`,
        small_model: `mos/${run.model ?? "default"}`,
        provider: {
          mos: {
            npm: "@ai-sdk/openai-compatible",
            name: "mos",
            options: { baseURL: `${run.relay}/v1`, apiKey: "held-by-the-relay", headers: { "x-mos-run": run.token } },
            models: { [run.model ?? "default"]: { name: "any", tool_call: true, limit: { context: 200_000, output: 32_000 } } },
          },
        },
      }),
    },
  }),
};

function commandHook({ hook: [command = "", ...args] }: ClientRun): unknown {
  return { type: "command", command, args, timeout: 30 };
}
