import { defineDeedRule } from "./deed-rule.ts";

/** Settings of the account reach into every domain. */
export const refuseUserSettings = defineDeedRule({
  id: "P3.58",
  guard: "hook-tamper-guard",
  deeds: ["user-settings"],
  reason: (shown) => `${shown} changes settings of the operator's account.`,
  remedy: () => "Keep settings in files of the repository that your ticket names.",
});
