import { defineDeedRule } from "./deed-rule.ts";

/** Where a push goes is decided once, by the operator. */
export const refuseChangedRemotes = defineDeedRule({
  id: "P3.37",
  guard: "pre-merge-gate",
  deeds: ["change-remote"],
  reason: (shown) => `${shown} changes where the repository's remotes lead.`,
  remedy: () => "Use the remotes as they are; Master OS fetches and lands.",
});
