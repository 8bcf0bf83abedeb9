import { isInside } from "../path/paths.ts";
import { changes, quote } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** Worktrees and slots are made and cleaned by Master OS: one that looks stale may hold another ticket's only copy. */
export const keepWorktrees: PathRule = {
  id: "P3.40",
  guard: "worktree-cleanup",
  judge(act, { place, path }, scene) {
    if (!changes(act.access)) return undefined;
    const own = scene.worktree !== undefined && act.access === "remove" && act.glob === undefined && isInside(scene.worktree, path);
    if (place.zone !== "other-worktree" && !own) return undefined;
    return {
      reason: `${quote(act.shown)} changes or removes a worktree; Master OS cleans worktrees when their tickets are done.`,
      remedy: "Leave it; finish your ticket in your own worktree, the sweep at session start does the rest.",
    };
  },
};
