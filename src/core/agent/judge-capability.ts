import type { AgentTool, ModelRole } from "../../contract/agent.ts";
import type { Capability, CapabilityMap } from "../../contract/capability.ts";
import { unreachable } from "../../contract/error.ts";

/** What stands behind a runtime: our own tools (`playbook`, `model`), or a program of somebody else's. */
export type RuntimeKind = "playbook" | "model" | "client" | "acp";

export type CapabilityJudgement =
  | { readonly ok: true; readonly reason: string }
  /** `clears`: the condition under which it is another, for a ticket's cause. */
  | { readonly ok: false; readonly reason: string; readonly clears: string };

/**
 * Whether a runtime was seen to be able to play a role. Pure. What was never seen, was seen of another version or of another
 * way of starting, or was not seen in full, is not able.
 *
 * @param version  installed now
 * @param start  of how Master OS starts it now (`CapabilityMap.start`); not compared where it is not given
 * @param kept  what the last probe saw
 */
export function judgeCapability(args: {
  runtime: string;
  kind: RuntimeKind;
  role: ModelRole;
  version: string | undefined;
  start?: string | undefined;
  kept: CapabilityMap | undefined;
}): CapabilityJudgement {
  const { runtime, kind, role, kept } = args;
  if (kind === "playbook" || kind === "model")
    return { ok: true, reason: `${runtime}: its tools are Master OS's own; there is nothing to probe` };
  const refuse = (reason: string) => ({ ok: false as const, reason, clears: `it was seen to be able: ${nameRemedy(runtime)}` });
  const old = nameAge(args);
  if (old !== undefined) return refuse(`${runtime}: ${old}`);
  const missed = kept?.missed.find(({ agent }) => agent === role);
  if (missed) return refuse(`${runtime} could not be looked at as ${role}: ${missed.reason}`);
  // With whatever model a role is configured, it is to be able.
  const rows = kept?.rows.filter(({ agent }) => agent === role) ?? [];
  const [row] = rows;
  if (!row) return refuse(`${runtime} was not seen as ${role}`);
  const [lack, ...others] = [...new Set(rows.flatMap((one) => listLacks(role, one)))];
  if (lack === undefined) return { ok: true, reason: `${runtime} ${row.version} was seen as ${role} on ${row.observedAt.slice(0, 10)}` };
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  // Looking again shows the same again, until it is another version or another way of starting.
  const other = `roles.${role} in mos.yaml names another runtime, or another version of it was seen to be able`;
  return { ok: false, reason: `${runtime} ${row.version} as ${role}: ${lack}${more}`, clears: `${other}: ${nameRemedy(runtime)}` };
}

/** What an operator does about it. */
export function nameRemedy(runtime: string): string {
  return `mos agents probe --runtime ${runtime}`;
}

/** Why what is kept says nothing of what would be started now. */
export function nameAge(args: {
  version: string | undefined;
  start?: string | undefined;
  kept: CapabilityMap | undefined;
}): string | undefined {
  const { version, start, kept } = args;
  if (!kept) return "what it can do was never seen here";
  if (version === undefined) return "it cannot be told which version is installed";
  if (kept.version !== version) return `what it can do was seen of ${kept.version}, and ${version} is installed`;
  if (start !== undefined && kept.start !== start) return "Master OS starts it in another way than what was seen";
  return undefined;
}

/** One of each group is needed: who has a shell can read by it, and who writes may do so by any tool that does. */
const needs: Record<ModelRole, readonly (readonly AgentTool[])[]> = {
  scout: [["read", "run"]],
  executor: [["read", "run"], ["edit", "write", "run"], ["run"]],
  verifier: [["read", "run"], ["run"]],
  distiller: [["read", "run"]],
  librarian: [
    ["read", "run"],
    ["edit", "write", "run"],
  ],
  "operator-global": [
    ["read", "run"],
    ["edit", "write", "run"],
  ],
};

/** What keeps it from the role, the gravest first. */
export function listLacks(role: ModelRole, row: Capability): string[] {
  const { works, open, spawns, asks, structuredOutput } = row;
  return [
    ...open,
    ...(spawns ? ["it can start agents of its own"] : []),
    ...(asks ? ["it waits for a person's answer"] : []),
    ...needs[role].filter((group) => !group.some((tool) => works.includes(tool))).map(nameNeed),
    ...(structuredOutput ? [] : ["it was not seen to give its output under a schema"]),
  ];
}

function nameNeed([tool]: readonly AgentTool[]): string {
  switch (tool) {
    case "read":
    case "search":
      return "it was not seen to read a file of its tree";
    case "edit":
    case "write":
      return "it was not seen to change a file of its tree";
    case "run":
    case undefined:
      return "it was not seen to run a command";
    default:
      return unreachable(tool);
  }
}
