import { defineDeedRule } from "./deed-rule.ts";

/** A worktree that looks stale may hold another ticket's only copy. */
export const refuseRemovedWorktrees = defineDeedRule({
  id: "P3.42",
  guard: "worktree-cleanup",
  deeds: ["remove-worktree"],
  reason: (shown) => `${shown} makes, moves or removes worktrees; that is Master OS's own work.`,
  remedy: () => "Stay in your worktree; the sweep at session start removes the others when their tickets are done.",
});
