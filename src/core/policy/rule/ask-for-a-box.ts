import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** P5: what the parser cannot decide is the sandbox's to decide. Where there is none, it is refused. */
export const askForABox = defineRule({
  id: "P5.1",
  guard: "boundary-guard",
  on: "unclear",
  judge(act, scene) {
    if (scene.agent.boxed) return undefined;
    return {
      reason: `${quote(act.shown)} cannot be decided from its text (${act.why}), and this run has no sandbox behind it.`,
      remedy: "Write paths and commands out in full, or use the file tools or the mos run tool.",
    };
  },
});
