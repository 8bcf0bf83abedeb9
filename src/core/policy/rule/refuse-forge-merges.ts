import { defineDeedRule } from "./deed-rule.ts";

/** I3 by way of the forge. */
export const refuseForgeMerges = defineDeedRule({
  id: "P3.34",
  guard: "pre-merge-gate",
  deeds: ["forge-merge", "forge-write"],
  reason: (shown) => `${shown} merges or writes on the forge past the gate.`,
  remedy: () => "Leave it open; Master OS lands the ticket after its verdict. Reading (gh pr view, gh pr list) is fine.",
});
