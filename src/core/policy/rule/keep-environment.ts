import { judgeVariable } from "../command/variable.ts";
import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** Variables that make other programs run something first, find other programs or lose their guards. */
export const keepEnvironment = defineRule({
  id: "P3.55",
  guard: "hook-tamper-guard",
  on: "variable",
  judge(act, scene) {
    const what = judgeVariable(act, scene);
    if (what === undefined) return undefined;
    return {
      reason: `${quote(act.shown)}: ${act.name} ${what}.`,
      remedy: `Run the command without ${act.name}; what it needs belongs into its arguments or into files of the worktree.`,
    };
  },
});
