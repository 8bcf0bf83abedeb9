import { defineDeedRule } from "./deed-rule.ts";

/** What is sent cannot be called back. */
export const refusePublishing = defineDeedRule({
  id: "P3.10",
  guard: "boundary-guard",
  deeds: ["publish"],
  reason: (shown) => `${shown} publishes or sends out what the domain holds.`,
  remedy: () => "Leave publishing to the operator; say in your report that it is ready.",
});
