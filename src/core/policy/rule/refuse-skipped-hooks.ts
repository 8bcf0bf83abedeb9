import { defineDeedRule } from "./deed-rule.ts";

/** Hooks of git are the last word before a commit leaves the worktree. */
export const refuseSkippedHooks = defineDeedRule({
  id: "P3.53",
  guard: "hook-tamper-guard",
  deeds: ["skip-hooks"],
  reason: (shown) => `${shown} switches the checks of git off.`,
  remedy: () => "Run it without that switch; if a check fails, mend what it names, or say in your report why it cannot pass.",
});
