import { defineRule } from "./rule.ts";

/** P2. What takes long to judge is a way to make a client's hook time out. */
export const refuseOversizedCalls = defineRule({
  id: "P2.2",
  guard: "boundary-guard",
  on: "malformed",
  judge(act) {
    if (act.fault !== "size") return undefined;
    return {
      reason: `The call is too large to be judged: ${act.what}.`,
      remedy: "Split it: put long text into a file of your worktree, and run several short commands.",
    };
  },
});
