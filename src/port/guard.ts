import type { Decision, PolicyAgent, ToolCall } from "../contract/policy.ts";

/** Asks the workspace's policy about a call before it runs (P1). */
export interface Guard {
  /**
   * With what the kernel makes of the paths that the call names. Whatever cannot be judged is a denial; never throws.
   *
   * @param tree  where the tree that the agent sees as `/work/tree` lies on this machine
   */
  judge(args: { agent: PolicyAgent; call: ToolCall; tree?: string }): Decision;
}
