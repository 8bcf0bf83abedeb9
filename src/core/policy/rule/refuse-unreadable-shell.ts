import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** P2, P5. What the parser cannot read, bash may still run. */
export const refuseUnreadableShell = defineRule({
  id: "P2.3",
  guard: "boundary-guard",
  on: "malformed",
  judge(act) {
    if (act.fault !== "syntax") return undefined;
    return {
      reason: `The command cannot be read as bash: ${quote(act.what)}.`,
      remedy: "Write it more simply, with its quotes closed; put longer programs into a script in your worktree.",
    };
  },
});
