import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** P2. A tool that nobody has described may do anything. */
export const refuseUnknownTools = defineRule({
  id: "P2.4",
  guard: "boundary-guard",
  on: "tool",
  judge(act) {
    if (act.known) return undefined;
    return {
      reason: `${quote(act.tool)} is no tool that the policy knows.`,
      remedy: "Use the file tools, the shell, or the mos tools for the same end.",
    };
  },
});
