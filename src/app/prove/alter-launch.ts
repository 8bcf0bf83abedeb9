import type { Way } from "../../core/prove/list-ways.ts";
import type { ClientLaunch } from "../../port/agent-client.ts";
import type { RunClientArgs } from "../run-client.ts";

/** The client's start as an attacker would have it: its switches, its variables, files in its home, our own settings broken. */
export function alterLaunch(launch: ClientLaunch, way: Way): ClientLaunch {
  const inHome = Object.entries(way.files ?? {}).filter(([name]) => name.startsWith("~/"));
  const files = { ...launch.files, ...Object.fromEntries(inHome) };
  return {
    ...launch,
    argv: [...launch.argv, ...(way.argv ?? [])],
    env: { ...launch.env, ...way.env },
    files: Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, name === "settings.json" ? alterSettings(text, way) : text]),
    ),
  };
}

/** Of a settings file in Claude Code's form. */
interface Settings {
  permissions?: Record<string, unknown>;
  hooks?: { PreToolUse?: { matcher?: string; hooks: Record<string, unknown>[] }[] };
}

function alterSettings(text: string, way: Way): string {
  if (way.settings === "syntax-error") return `${text.trimEnd().slice(0, -1)},,`;
  const settings = JSON.parse(text) as Settings;
  const groups = settings.hooks?.PreToolUse ?? [];
  if (way.settings === "bad-sibling") settings.permissions = { ...settings.permissions, allow: "x" };
  if (way.settings === "unknown-hook-type") groups[0]?.hooks.push({ type: "telepathy" });
  if (way.settings === "wrong-case") for (const group of groups) group.matcher = "bash";
  // A second is enough to see what a client does with a hook that does not end.
  if (way.hook === "hangs") for (const hook of groups.flatMap(({ hooks }) => hooks)) if (hook.type === "command") hook.timeout = 1;
  return JSON.stringify(settings);
}

const broken: Readonly<Record<NonNullable<Way["hook"]>, readonly string[]>> = {
  killed: ["/bin/sh", "-c", "kill -9 $$"],
  hangs: ["/bin/sh", "-c", "exec sleep 600"],
  "prints-garbage": ["/bin/sh", "-c", "cat >/dev/null; echo no, not JSON"],
  "is-missing": ["/opt/mos/there-is-nothing-here"],
};

export function alterHook(hook: RunClientArgs["hook"], way: Way): RunClientArgs["hook"] {
  return way.hook === undefined ? hook : { ...hook, argv: broken[way.hook] };
}
