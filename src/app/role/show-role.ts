import { join } from "node:path";
import type { AgentTool, ModelRole } from "../../contract/agent.ts";
import { chooseByDefault, chooseRuntime } from "../../core/role/choose-runtime.ts";
import { renderSchema } from "../../core/role/render-schema.ts";
import { rolePalettes } from "../../core/role/role-table.ts";
import { writePrompt } from "../../core/role/write-prompt.ts";
import type { RoleChoice } from "../../port/roles.ts";
import type { World } from "../../port/world.ts";
import { chooseDomains } from "../check-wiki.ts";
import { listGuidance, readGuidance } from "./read-guidance.ts";

/** `mos role show`: what a role is told and may do, as its next run would have it. */
export interface ShownRole {
  readonly role: ModelRole;
  readonly domain?: string;
  /** The file that is in force. */
  readonly source: string;
  /** Files of the operator's that would take its place, the first that is there. */
  readonly places: readonly string[];
  /** The whole system prompt: the file, and the rules that follow every one. */
  readonly system: string;
  readonly tools: readonly AgentTool[];
  readonly writes: boolean;
  /** JSON Schema of its output. */
  readonly output: Readonly<Record<string, unknown>>;
  /** Who plays it by configuration; nobody without. */
  readonly choice?: RoleChoice;
  /** Whether that one could start now, and what it lacks. */
  readonly ready?: { readonly ok: boolean; readonly reason?: string; readonly clears?: string };
}

/** @throws MosError `domain-unknown`, `role-file-refused`, `role-file-unreadable` */
export async function showRole(world: World, args: { role: ModelRole; domain?: string; promptDir: string }): Promise<ShownRole> {
  const { role, domain } = args;
  if (domain !== undefined) chooseDomains(world, domain);
  const guidance = await readGuidance(world.workspace, args);
  const choice = domain === undefined ? chooseByDefault(world.workspace, role) : chooseRuntime(world.workspace, role, domain);
  const ready = choice && domain !== undefined ? await world.roles.ready(role, domain) : undefined;
  const { tools, writable } = rolePalettes[role];
  return {
    role,
    ...(domain === undefined ? {} : { domain }),
    source: guidance.source,
    places: listGuidance(world.workspace, role, domain).map((path) => path.slice(join(world.workspace.root, "/").length)),
    system: writePrompt({ guidance: guidance.text, input: [], nonce: "" }).system,
    tools,
    writes: writable,
    output: renderSchema(role),
    ...(choice ? { choice } : {}),
    ...(ready ? { ready: ready.ok ? { ok: true } : { ok: false, reason: ready.reason, clears: ready.clears } } : {}),
  };
}
