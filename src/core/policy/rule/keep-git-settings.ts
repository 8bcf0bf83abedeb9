import { isHarmlessSetting } from "../command/git/setting.ts";
import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** Most of git's settings can name a command to be run, also by the operator's own git later. An allow-list of those that cannot. */
export const keepGitSettings = defineRule({
  id: "P3.52",
  guard: "hook-tamper-guard",
  on: "git-setting",
  judge(act) {
    if (act.scope !== "user" && isHarmlessSetting(act.key, act.value)) return undefined;
    return {
      reason: `${quote(act.shown)} sets ${quote(act.key)}, which can run commands or lead git elsewhere.`,
      remedy: "Run git without it; of the settings only names, colours and the like are yours to give (-c user.name=…).",
    };
  },
});
