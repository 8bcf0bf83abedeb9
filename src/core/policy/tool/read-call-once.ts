import type { Policy, PolicyAgent, ToolCall } from "../../../contract/policy.ts";
import type { Act } from "../act.ts";
import type { Scene } from "../scene.ts";
import { readCall } from "./read-call.ts";

let last: { readonly policy: Policy; readonly agent: string; readonly call: string; readonly acts: readonly Act[] } | undefined;

/**
 * The acts of a call. `listPaths` and `evaluate` ask one after the other for the same call, and reading it is most of the work, so
 * the last answer is kept. It is found again by what the call says, never by which object says it: that may have changed since.
 */
export function readCallOnce(scene: Scene, call: ToolCall): readonly Act[] {
  const agent = writeAgent(scene.agent);
  const said = writeCall(call);
  if (said !== undefined && last !== undefined && last.policy === scene.policy && last.agent === agent && last.call === said)
    return last.acts;
  const acts = readCall(scene, call);
  if (said !== undefined) last = { policy: scene.policy, agent, call: said, acts };
  return acts;
}

function writeAgent({ client, role, domain, ticket, worktree, boxed }: PolicyAgent): string {
  return JSON.stringify([client, role, domain, ticket, worktree, boxed]);
}

/** Undefined for what is no JSON: it cannot come from a client, and is read each time. */
function writeCall(call: ToolCall): string | undefined {
  try {
    return JSON.stringify(call);
  } catch {
    return undefined;
  }
}
