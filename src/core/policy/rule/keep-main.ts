import type { Scene } from "../scene.ts";
import { quote, sayBranch } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** I3: no ref that stands for main moves but by landing, by whatever route; nor is main checked out to be worked on. */
export const keepMain = defineRule({
  id: "P3.30",
  guard: "pre-merge-gate",
  on: "ref",
  judge(act, scene) {
    if (act.ref === undefined || !isMain(scene, act.ref)) return undefined;
    const what = act.change === "checkout" ? "would work on main itself" : "would move main";
    return {
      reason: `${quote(act.shown)} ${what}; main moves only by landing what was tested.`,
      remedy: `Commit on ${sayBranch(scene)} and report; to have main's changes in your branch: git merge main.`,
    };
  },
});

export function isMain(scene: Scene, ref: string): boolean {
  const name = ref.replace(/^refs\/heads\//, "").toLowerCase();
  if (/^(main|master|trunk)$/.test(name)) return true;
  return scene.policy.domains.some((domain) => domain.repos.some((repo) => repo.branch.toLowerCase() === name));
}
