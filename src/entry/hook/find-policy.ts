import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { policyFileName } from "../../core/policy-file/policy-file.ts";
import type { HookArguments } from "./parse-arguments.ts";

/** Where the policy is, and of which workspace it must be. */
export interface PolicyPlace {
  readonly file: string;
  /** Absent where the policy was named: in a box its workspace is not to be seen. */
  readonly root?: string;
}

/**
 * The policy that was named, the workspace's that was named, or that of the outermost workspace around `cwd`: an agent can
 * make a folder look like a workspace, but only inside its worktree. No variable of the environment is asked: a client's
 * project settings may set those.
 *
 * @throws Error whose message says what is wrong
 */
export function findPolicy(args: Pick<HookArguments, "workspace" | "policy" | "agent">, cwd: string): PolicyPlace {
  if (args.policy !== undefined) return { file: resolve(cwd, args.policy) };
  const root = args.workspace === undefined ? findOutermost(cwd) : resolve(cwd, args.workspace);
  if (root === undefined) throw new Error("there is no workspace here; name it with --workspace DIR");
  const { worktree } = args.agent;
  if (worktree !== undefined && `${root}${sep}`.startsWith(`${resolve(worktree)}${sep}`))
    throw new Error("the workspace lies inside the agent's own worktree");
  return { root, file: policyFileOf(root) };
}

export function policyFileOf(root: string): string {
  return join(root, ".mos", policyFileName);
}

function findOutermost(cwd: string): string | undefined {
  let found: string | undefined;
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    if (existsSync(join(dir, "mos.yaml"))) found = dir;
    if (dir === dirname(dir)) return found;
  }
}
