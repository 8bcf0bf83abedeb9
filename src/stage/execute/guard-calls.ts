import type { Decision, PolicyAgent, ToolCall } from "../../contract/policy.ts";
import { maskSecrets } from "../../core/gate/find-secrets.ts";
import { type Slot, treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";

export type Denial = Extract<Decision, { decision: "deny" }>;

export interface GuardedCalls {
  /** What the guards say of a call before it is made; a refusal is written to the log. Never throws: a failure is a denial. */
  ask(call: ToolCall): Promise<Decision>;
  /** Every refusal so far, in order. */
  readonly refusals: readonly { readonly tool: string; readonly denial: Denial }[];
}

/** Kept one by one in the log; an agent in a loop must not fill it. */
const loggedMax = 1000;
const textMax = 500;

/**
 * The guards before every call of one agent, in one slot.
 *
 * @param hide  takes out of a text what the log must not hold
 * @param run  of a model, as the log names it
 */
export function guardCalls(
  world: World,
  args: {
    agent: PolicyAgent;
    slot: Slot;
    writable: boolean;
    hide?: (text: string) => string;
    run?: string;
    onRefusal?: (count: number) => void;
  },
): GuardedCalls {
  const { agent, slot, writable, hide = maskSecrets, run } = args;
  const refusals: GuardedCalls["refusals"][number][] = [];
  const judge = async (call: ToolCall): Promise<Decision> => {
    const { mounts } = await slot.show({ writable });
    const tree = mounts.find(({ to }) => to === treeInBox)?.from;
    return world.guard.judge({ agent, call, ...(tree === undefined ? {} : { tree }) });
  };
  const note = ({ guard, rule, reason, remedy }: Denial, call: ToolCall) =>
    world.store.write((tx) =>
      tx.append({
        kind: "guard.denied",
        ...(agent.domain === undefined ? {} : { domain: agent.domain }),
        ...(agent.ticket === undefined ? {} : { ticket: agent.ticket }),
        actor: `worker:${world.worker.id}`,
        authority: guard,
        reason: hide(reason).slice(0, textMax),
        data: {
          ...{ guard, rule, tool: hide(call.tool).slice(0, 100), reason: hide(reason).slice(0, textMax), remedy: remedy.slice(0, textMax) },
          agent: { client: agent.client, role: agent.role, ...(run === undefined ? {} : { run }) },
          input: hide(JSON.stringify(call.input) ?? "").slice(0, textMax),
          by: "mos",
        },
      }),
    );
  return {
    refusals,
    ask: async (call) => {
      const decision = await judge(call).catch(denyFailure);
      if (decision.decision === "allow") return decision;
      // What is no call at all is refused like any other.
      refusals.push({ tool: String(call?.tool), denial: decision });
      // It is refused all the same where the log cannot be written.
      if (refusals.length <= loggedMax) await note(decision, call).catch(() => undefined);
      args.onRefusal?.(refusals.length);
      return decision;
    },
  };
}

/** A guard that cannot decide denies. */
export function denyFailure(error: unknown): Denial {
  return {
    decision: "deny",
    guard: "boundary-guard",
    rule: "P2",
    reason: `the guard failed: ${error instanceof Error ? error.message.slice(0, 200) : "unknown"}`,
    remedy: "Try another way; the operator finds the failure in the log.",
  };
}
