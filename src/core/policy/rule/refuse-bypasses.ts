import { defineDeedRule } from "./deed-rule.ts";

/** There is no switch: a parameter or variable that says so is an attempt. */
export const refuseBypasses = defineDeedRule({
  id: "P3.54",
  guard: "hook-tamper-guard",
  deeds: ["bypass"],
  reason: (shown) => `${shown} asks for the sandbox or a guard to be switched off.`,
  remedy: () => "Run it without that switch; what is refused then is refused for a reason that the message names.",
});
