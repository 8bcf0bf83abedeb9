import { defineDeedRule } from "./deed-rule.ts";

/** Every role is started by mos, never by another agent. */
export const refuseNestedClients = defineDeedRule({
  id: "P3.56",
  guard: "hook-tamper-guard",
  deeds: ["client"],
  reason: (shown) => `${shown} starts another agent client, whose guards nobody installed.`,
  remedy: () => "Do the work yourself in this run; if it needs another role, say so in your report.",
});
