import { quote } from "./advice.ts";
import type { PathRule } from "./rule.ts";

const shared = /(^|\/)(node_modules|\.pnpm-store|\.venv|venv|target)\//;

/** P4: a second name of a file may stand in another silo. Package managers link what they install; that is read all the same. */
export const refuseHardLinks: PathRule = {
  id: "P4.2",
  guard: "boundary-guard",
  judge(act, { place, fact }) {
    if (place.zone !== "worktree" && place.zone !== "wiki" && place.zone !== "writable") return undefined;
    if (fact.kind !== "file" || fact.links <= 1 || act.access === "remove" || act.unfollowed) return undefined;
    if (place.zone === "worktree" && shared.test(place.below) && (act.access === "read" || act.access === "use")) return undefined;
    return {
      reason: `${quote(act.shown)} has a second name (a hard link) that may lie outside your worktree.`,
      remedy: "Remove this name and write the file anew, or take it from git: git restore --source=HEAD FILE.",
    };
  },
};
