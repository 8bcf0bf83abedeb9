import { quote, sayBranch } from "./advice.ts";
import { isMain } from "./keep-main.ts";
import { defineRule } from "./rule.ts";

/** Other tickets' branches, tags and notes hold other agents' work. A new branch of any other name moves nothing. */
export const keepOtherBranches = defineRule({
  id: "P3.31",
  guard: "pre-merge-gate",
  on: "ref",
  judge(act, scene) {
    const { ref } = act;
    if (ref !== undefined && isMain(scene, ref)) return undefined;
    if (ref === undefined) {
      return {
        reason: `${quote(act.shown)} could move any branch: where it goes is not said.`,
        remedy: `Name your own branch in full: git push origin HEAD:${sayBranch(scene).replace("…", "work")}.`,
      };
    }
    if (scene.branches !== undefined && ref.startsWith(scene.branches) && !ref.includes("*")) return undefined;
    const foreign = /^refs\/heads\/agent\//.test(ref) || !ref.startsWith("refs/heads/");
    const harmless = act.where === "here" && (act.change === "new" || act.change === "checkout") && !foreign;
    if (harmless) return undefined;
    return {
      reason: `${quote(act.shown)} moves, makes or removes a ref that is not this ticket's.`,
      remedy: `Use branches of your own: ${sayBranch(scene)}`,
    };
  },
});
