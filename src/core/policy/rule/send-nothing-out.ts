import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** Reading public pages is left to the box, which has no network; sending is refused by name. */
export const sendNothingOut = defineRule({
  id: "P3.5",
  guard: "boundary-guard",
  on: "address",
  judge(act) {
    if (!act.sends) return undefined;
    return {
      reason: `${quote(act.shown)} sends data of the domain away.`,
      remedy: "Keep it in the worktree; what is to be sent is the operator's to send: say so in your report.",
    };
  },
});
