import type { Decision, PathFact, Policy, PolicyAgent, ToolCall } from "../../contract/policy.ts";
import type { Act } from "./act.ts";
import { judgePath } from "./judge-path.ts";
import type { Objection, Rule } from "./rule/rule.ts";
import { rules } from "./rule/table.ts";
import { openScene, type Scene } from "./scene.ts";
import { readCallOnce } from "./tool/read-call-once.ts";

type Denial = Extract<Decision, { decision: "deny" }>;

/**
 * Whether a call may run (P1): a pure function of policy, agent, call and what the kernel makes of the paths that `listPaths`
 * gave. The same input gives the same answer. Never throws: whatever goes wrong is a denial (P2).
 */
export function evaluate(policy: Policy, agent: PolicyAgent, call: ToolCall, facts: readonly PathFact[]): Decision {
  try {
    const scene = openScene(policy, agent, facts);
    return findDenial(readCallOnce(scene, call), scene) ?? { decision: "allow" };
  } catch {
    return {
      decision: "deny",
      guard: "boundary-guard",
      rule: "P2.5",
      reason: "The call, or what is known of it, could not be judged.",
      remedy: "Call the tool again with its documented fields; if that fails too, say so in your report.",
    };
  }
}

const rulesByKind = groupRules();

function groupRules(): Map<Act["kind"], Rule[]> {
  const groups = new Map<Act["kind"], Rule[]>();
  for (const rule of rules) groups.set(rule.on, [...(groups.get(rule.on) ?? []), rule]);
  return groups;
}

function findDenial(acts: readonly Act[], scene: Scene): Denial | undefined {
  for (const act of acts) {
    const found = act.kind === "path" ? judgePath(act, scene) : judgeOther(act, scene);
    if (found) return { decision: "deny", guard: found.rule.guard, rule: found.rule.id, ...found.objection };
  }
  return undefined;
}

function judgeOther(act: Act, scene: Scene): { rule: Rule; objection: Objection } | undefined {
  for (const rule of rulesByKind.get(act.kind) ?? []) {
    const objection = rule.judge(act, scene);
    if (objection) return { rule, objection };
  }
  return undefined;
}
