import { defineDeedRule } from "./deed-rule.ts";

/** What a crash left is found again through reflogs and loose objects. */
export const keepHistory = defineDeedRule({
  id: "P3.41",
  guard: "worktree-cleanup",
  deeds: ["lose-history"],
  reason: (shown) => `${shown} removes what recovery needs (reflogs, unreachable objects, stashes).`,
  remedy: () => "Leave it; Master OS cleans up after landing.",
});
