import { gatherPathFacts } from "../src/adapter/path-facts/gather-path-facts.ts";
import type { Policy, PolicyAgent, ToolCall } from "../src/contract/policy.ts";
import { evaluate } from "../src/core/policy/evaluate.ts";
import { listPaths } from "../src/core/policy/list-paths.ts";
import type { AttackCase } from "./attack-case.ts";
import type { HookAnswer } from "./judge-case.ts";
import type { AttackWorld } from "./make-attack-world.ts";
import { mapNames, type Spelling, worktreeOf } from "./map-names.ts";
import type { AskHook } from "./run-cases.ts";

const spellings: readonly Spelling[] = ["corpus", "slot"];

/** Asks the policy in this process, with what the kernel makes of the paths on the real disk, in each spelling. */
export function askInProcess(world: AttackWorld, policy: Policy): AskHook {
  return async (one) =>
    spellings.map((spelling): HookAnswer => {
      const { agent, call } = describeCall(world, one, spelling);
      const decision = evaluate(policy, agent, call, gatherPathFacts(listPaths(policy, agent, call)));
      return { way: `in process, ${spelling}`, ...decision };
    });
}

function describeCall(world: AttackWorld, one: AttackCase, spelling: Spelling): { agent: PolicyAgent; call: ToolCall } {
  const { layout } = world;
  return {
    agent: {
      client: "claude",
      role: "executor",
      domain: "music",
      ticket: spelling === "corpus" ? "music-T1" : layout.ticket,
      worktree: worktreeOf(layout, spelling),
      boxed: true,
    },
    call: { tool: one.tool, input: mapNames(one.input, layout, spelling), cwd: mapNames(one.cwd, layout, spelling) },
  };
}
