import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PolicyAgent } from "../../contract/policy.ts";
import type { Mount } from "../../port/box.ts";
import { treeInBox } from "../../port/slot.ts";

/** The hook as a client calls it: argv in the box, and what it needs there, read-only. */
export interface ClientHook {
  readonly argv: readonly string[];
  readonly mounts: readonly Mount[];
}

const hookInBox = "/opt/mos/hook.cjs";
const policyInBox = "/opt/mos/policy.json";

/** The hook decides in the box with the workspace's own policy, which it can read and not write. */
export function describeHook(args: {
  agent: Omit<PolicyAgent, "worktree" | "boxed">;
  /** The bundle of the hook on this machine. */
  hookProgram: string;
  policyFile: string;
}): ClientHook {
  const { client, role, domain, ticket } = args.agent;
  const given = { role, domain, ticket, worktree: treeInBox, policy: policyInBox };
  const options = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  return {
    argv: ["/usr/bin/env", "node", hookInBox, client, ...options, "--boxed"],
    mounts: [...showHook(args.hookProgram), { from: args.policyFile, to: policyInBox }],
  };
}

/** The bundle, with what was kept of compiling it where that is there. */
function showHook(program: string): Mount[] {
  const kept = join(dirname(program), "hook.cache");
  return [{ from: program, to: hookInBox }, ...(existsSync(kept) ? [{ from: kept, to: join(dirname(hookInBox), "hook.cache") }] : [])];
}
