import type { ClientName } from "../../port/agent-client.ts";
import { mergeCodex } from "./merge-codex.ts";
import { claudeForm, type GuardEntry, geminiForm, type Merged, mergeHooks } from "./merge-hooks.ts";

/** Where guards of a client are written: for sessions started in the workspace's folder, or for everybody on the machine. */
export type GuardScope = "workspace" | "managed";

export interface GuardTarget {
  readonly client: ClientName;
  readonly scope: GuardScope;
  readonly file: string;
  /** What it is worth: a managed hook of Claude Code's survives every switch that was tried; the rest explains. */
  readonly strength: "enforced" | "detected";
  merge(existing: string | undefined): Merged;
}

/** What all targets need. Absolute paths. */
export interface GuardPlaces {
  /** The workspace's. */
  readonly root: string;
  /** `/etc` */
  readonly machineDir: string;
  /** The fast hook of the program that is installed now. */
  readonly hook: string;
  /** The Node that runs it: no session's PATH is asked for one. */
  readonly node: string;
}

/** The file of one client and scope; `undefined` where the client offers none. */
export function findGuardTarget(client: ClientName, scope: GuardScope, places: GuardPlaces): GuardTarget | undefined {
  return scope === "managed" ? managedTarget(client, places) : workspaceTarget(client, places);
}

export function scriptOf(target: Pick<GuardTarget, "file">): string {
  return `${target.file.slice(0, target.file.lastIndexOf("/"))}/mos-guard`;
}

function managedTarget(client: ClientName, { root, machineDir, hook, node }: GuardPlaces): GuardTarget | undefined {
  const at = (folder: string, name: string) => {
    const file = `${machineDir}/${folder}/${name}`;
    const guard: GuardEntry = { command: scriptOf({ file }), args: [root, hook, client, node] };
    return { client, scope: "managed" as const, file, guard };
  };
  switch (client) {
    case "claude": {
      const { guard, ...target } = at("claude-code", "managed-settings.json");
      return { ...target, strength: "enforced", merge: (existing) => mergeHooks(existing, claudeForm, guard) };
    }
    case "codex": {
      const { guard, ...target } = at("codex", "requirements.toml");
      const managedDir = `${machineDir}/codex`;
      return { ...target, strength: "detected", merge: (existing) => mergeCodex(existing, { ...guard, managedDir }) };
    }
    case "gemini": {
      const { guard, ...target } = at("gemini-cli", "settings.json");
      return { ...target, strength: "detected", merge: (existing) => mergeHooks(existing, geminiForm, guard) };
    }
    default:
      return undefined;
  }
}

function workspaceTarget(client: ClientName, { root, hook, node }: GuardPlaces): GuardTarget | undefined {
  const guard: GuardEntry = { command: hook, args: [client, "--node", node, "--role", "orchestrator", "--workspace", root] };
  const common = { client, scope: "workspace", strength: "detected" } as const;
  switch (client) {
    case "claude":
      return { ...common, file: `${root}/.claude/settings.json`, merge: (existing) => mergeHooks(existing, claudeForm, guard) };
    case "codex":
      return { ...common, file: `${root}/.codex/config.toml`, merge: (existing) => mergeCodex(existing, guard) };
    case "gemini":
      return { ...common, file: `${root}/.gemini/settings.json`, merge: (existing) => mergeHooks(existing, geminiForm, guard) };
    default:
      return undefined;
  }
}
