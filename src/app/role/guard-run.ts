import type { AgentRun } from "../../contract/agent.ts";
import type { Decision, PolicyAgent, ToolCall } from "../../contract/policy.ts";
import { type Slot, treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";

/** A model that is refused this often is not confused (T10). */
export const refusalsMax = 10;
const loggedMax = 1000;
const textMax = 500;

/** The guards before every call of one run; a refusal is logged and counted. `ask` never throws: its failure is a denial. */
export function guardRun(
  world: World,
  args: { run: AgentRun; slot: Slot; writable: boolean; hide: (text: string) => string; onRefusal: (count: number) => void },
): { ask(call: ToolCall): Promise<Decision>; count(): number } {
  const { run, slot, hide } = args;
  const agent: PolicyAgent = {
    client: run.runtime,
    role: run.role,
    domain: run.domain,
    ...(run.ticket === undefined ? {} : { ticket: run.ticket }),
    worktree: treeInBox,
    boxed: true,
  };
  let count = 0;
  const judge = async (call: ToolCall): Promise<Decision> => {
    const { mounts } = await slot.show({ writable: args.writable });
    const tree = mounts.find(({ to }) => to === treeInBox)?.from;
    return world.guard.judge({ agent, call, ...(tree === undefined ? {} : { tree }) });
  };
  const note = ({ guard, rule, reason, remedy }: Extract<Decision, { decision: "deny" }>, call: ToolCall) =>
    world.store.write((tx) =>
      tx.append({
        kind: "guard.denied",
        domain: run.domain,
        ...(run.ticket === undefined ? {} : { ticket: run.ticket }),
        actor: `worker:${world.worker.id}`,
        authority: guard,
        reason: hide(reason).slice(0, textMax),
        data: {
          ...{ guard, rule, tool: hide(call.tool).slice(0, 100), reason: hide(reason).slice(0, textMax), remedy: remedy.slice(0, textMax) },
          agent: { client: run.runtime, role: run.role, run: run.id },
          input: hide(JSON.stringify(call.input) ?? "").slice(0, textMax),
          by: "mos",
        },
      }),
    );
  const ask = async (call: ToolCall): Promise<Decision> => {
    const decision = await judge(call).catch(denyFailure);
    if (decision.decision === "deny") {
      count += 1;
      if (count <= loggedMax) await note(decision, call).catch(() => undefined);
      args.onRefusal(count);
    }
    return decision;
  };
  return { ask, count: () => count };
}

function denyFailure(error: unknown): Decision {
  return {
    decision: "deny",
    guard: "boundary-guard",
    rule: "P2",
    reason: `the guard failed: ${error instanceof Error ? error.message.slice(0, 200) : "unknown"}`,
    remedy: "Try another way; the operator finds the failure in the log.",
  };
}
