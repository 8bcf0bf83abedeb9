import { defineDeedRule } from "./deed-rule.ts";

/** A way out of the box, or past it. */
export const refusePrivileges = defineDeedRule({
  id: "P3.11",
  guard: "boundary-guard",
  deeds: ["privilege", "elsewhere"],
  reason: (shown) => `${shown} runs something as another user, in another namespace or on another machine.`,
  remedy: () => "Run the plain command inside your worktree; what needs more rights is for the operator: say so in your report.",
});
