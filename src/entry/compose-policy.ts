import { gatherPathFacts } from "../adapter/path-facts/gather-path-facts.ts";
import type { Decision, Policy, PolicyAgent, ToolCall } from "../contract/policy.ts";
import { evaluate } from "../core/policy/evaluate.ts";
import { listPaths } from "../core/policy/list-paths.ts";
import type { Guard } from "../port/guard.ts";
import { treeInBox } from "../port/slot.ts";

/** One call, decided with what the kernel says now: the paths it names, their facts, the decision. Never throws. */
export function decideCall(policy: Policy, agent: PolicyAgent, call: ToolCall): Decision {
  return evaluate(policy, agent, call, gatherPathFacts(listPaths(policy, agent, call)));
}

/** The guards of a workspace, for executors whose tree is shown to them as `/work/tree`. */
export function createGuard(policy: Policy): Guard {
  return {
    judge: ({ agent, call, tree }) => {
      const shown = tree === undefined ? undefined : { at: treeInBox, from: tree };
      return evaluate(policy, agent, call, gatherPathFacts(listPaths(policy, agent, call), shown));
    },
  };
}

export { gatherPathFacts };
