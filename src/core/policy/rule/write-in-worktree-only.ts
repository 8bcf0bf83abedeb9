import { changes, quote, sayWhereToWork } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** I3. What stands on main changes by landing alone; the domain's repositories are for reading. */
export const writeInWorktreeOnly: PathRule = {
  id: "P3.33",
  guard: "pre-merge-gate",
  judge(act, { place }, scene) {
    const { zone } = place;
    if (zone !== "own-repo" && zone !== "own-git") return undefined;
    const handed = zone === "own-git" && act.access === "use";
    if (!changes(act.access) && act.access !== "link" && !handed) return undefined;
    return {
      reason: `${quote(act.shown)} belongs to the repository that only a landing changes.`,
      remedy: `${sayWhereToWork(scene)}: make the change there; Master OS lands it after the verdict.`,
    };
  },
};
