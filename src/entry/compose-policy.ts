import { gatherPathFacts } from "../adapter/path-facts/gather-path-facts.ts";
import type { Decision, Policy, PolicyAgent, ToolCall } from "../contract/policy.ts";
import { evaluate } from "../core/policy/evaluate.ts";
import { listPaths } from "../core/policy/list-paths.ts";

/** One call, decided with what the kernel says now: the paths it names, their facts, the decision. Never throws. */
export function decideCall(policy: Policy, agent: PolicyAgent, call: ToolCall): Decision {
  return evaluate(policy, agent, call, gatherPathFacts(listPaths(policy, agent, call)));
}

export { gatherPathFacts };
