import type { ClientLaunch, ClientRun } from "../../../port/agent-client.ts";
import { quoteForShell } from "../quote-for-shell.ts";
import { refuseLogin } from "../refuse-login.ts";
import { findPalette } from "../role-palette.ts";
import { makeStrict } from "./strict-schema.ts";

const hookSeconds = 30;
const schemaFile = "output.schema.json";
/** Everything that acts beside Master OS's own tools. Read by 0.169.0; `--strict-config` refuses what it does not know. */
const featuresOff = [
  "shell_tool",
  "unified_exec",
  "apps",
  "browser_use",
  "computer_use",
  "image_generation",
  "in_app_browser",
  "goals",
  "plugins",
  "remote_plugin",
  "skill_mcp_dependency_install",
  "shell_snapshot",
  "memories",
];

/**
 * Codex without a shell, a patch tool, a browser or agents of its own: it works through `run` alone. Its project's settings
 * stay untrusted. Models that it drives by scripts have its patch tool all the same: the hook judges each patch, and as its own
 * sandbox cannot start inside the box (0.169.0: "Failed to write file"), the box alone bounds a role that writes. Pure.
 */
export function launchCodex(run: ClientRun): ClientLaunch {
  refuseLogin("codex", run);
  return {
    argv: [
      "codex",
      "exec",
      "--strict-config",
      "--skip-git-repo-check",
      ...(run.conversation === undefined ? ["--ephemeral"] : []),
      "--ignore-rules",
      "--json",
      ...["--color", "never"],
      ...["--cd", run.tree],
      // The one hook there is stands in this run's own file; without this it would be skipped without a word.
      "--dangerously-bypass-hook-trust",
      ...(run.model === undefined ? [] : ["--model", run.model]),
      ...(run.outputSchema === undefined ? [] : ["--output-schema", `${run.configDir}/${schemaFile}`]),
      ...(run.conversation?.resume === undefined ? [] : ["resume", run.conversation.resume]),
      "-",
    ],
    input: run.prompt,
    env: { CODEX_HOME: "/tmp/home/.codex" },
    files: {
      "~/.codex/config.toml": writeConfig(run),
      ...(run.outputSchema === undefined ? {} : { [schemaFile]: JSON.stringify(makeStrict(run.outputSchema)) }),
    },
    ...(run.conversation === undefined ? {} : { keeps: "~/.codex/sessions" }),
  };
}

function writeConfig(run: ClientRun): string {
  const writes = findPalette(run).writes;
  return [
    'model_provider = "mos"',
    'approval_policy = "never"',
    `sandbox_mode = "${writes ? "danger-full-access" : "read-only"}"`,
    'web_search = "disabled"',
    "check_for_update_on_startup = false",
    "allow_login_shell = false",
    ...(run.system === undefined ? [] : [`developer_instructions = ${quote(run.system)}`]),
    "",
    "[model_providers.mos]",
    'name = "mos"',
    `base_url = ${quote(`${run.relay}/v1`)}`,
    'wire_api = "responses"',
    "requires_openai_auth = false",
    "request_max_retries = 2",
    "stream_max_retries = 2",
    `http_headers = { "x-mos-run" = ${quote(run.token)} }`,
    "",
    "[mcp_servers.mos]",
    `url = ${quote(`${run.relay}/mcp`)}`,
    `http_headers = { "x-mos-run" = ${quote(run.token)} }`,
    "required = true",
    'default_tools_approval_mode = "approve"',
    "",
    "[analytics]",
    "enabled = false",
    "",
    "[history]",
    'persistence = "none"',
    "",
    "[shell_environment_policy]",
    'inherit = "none"',
    "",
    "[features]",
    "hooks = true",
    ...featuresOff.map((name) => `${name} = false`),
    "",
    "[agents]",
    `enabled = ${run.subagents === true}`,
    "",
    "[[hooks.PreToolUse]]",
    'matcher = "*"',
    "[[hooks.PreToolUse.hooks]]",
    'type = "command"',
    `command = ${quote(quoteForShell(run.hook))}`,
    `timeout = ${hookSeconds}`,
    "",
  ].join("\n");
}

/** A basic string of TOML: JSON's form is one. */
function quote(text: string): string {
  return JSON.stringify(text);
}
