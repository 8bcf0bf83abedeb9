import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { gatherPathFacts } from "../adapter/path-facts/gather-path-facts.ts";
import { describeHook } from "../app/client/describe-hook.ts";
import type { RunClientArgs } from "../app/run-client.ts";
import type { PathFact, PolicyAgent } from "../contract/policy.ts";
import { evaluate } from "../core/policy/evaluate.ts";
import { listPaths } from "../core/policy/list-paths.ts";
import { treeInBox } from "../port/slot.ts";
import { policyFileOf } from "./hook/find-policy.ts";
import { readPolicy } from "./hook/read-policy.ts";

/** The guards of a client's run: the hook as it is called in the box, and the word of the host, which reads the policy each time. */
export function openGuards(args: { root: string; agent: Omit<PolicyAgent, "worktree" | "boxed"> }): Pick<RunClientArgs, "hook" | "decide"> {
  const policyFile = policyFileOf(args.root);
  return {
    hook: describeHook({ agent: args.agent, hookProgram: hookProgram(), policyFile }),
    decide: async (agent, call, { tree }) => {
      const policy = readPolicy({ file: policyFile, root: args.root });
      return evaluate(policy, agent, call, gatherAcross(listPaths(policy, agent, call), tree));
    },
  };
}

/** The bundle of the hook: beside this program when built, under dist/ when run from source. */
export function hookProgram(): string {
  const beside = join(import.meta.dirname, "hook.cjs");
  return existsSync(beside) ? beside : resolve(import.meta.dirname, "../../dist/hook.cjs");
}

/** Facts as the box would have them: its tree lies elsewhere on the host. */
function gatherAcross(paths: readonly string[], tree: string): PathFact[] {
  const onHost = paths.map((path) => move(path, treeInBox, tree));
  return gatherPathFacts(onHost).map((fact, at) => ({ ...fact, asked: paths[at] as string, path: move(fact.path, tree, treeInBox) }));
}

function move(path: string, from: string, to: string): string {
  return path === from || path.startsWith(`${from}/`) ? `${to}${path.slice(from.length)}` : path;
}
