import { defineDeedRule } from "./deed-rule.ts";

/** I2, I4. An agent uses the tools it was given, which know who asks. */
export const refuseOwnProgram = defineDeedRule({
  id: "P3.22",
  guard: "ticket-state-guard",
  deeds: ["own-program", "store-query"],
  reason: (shown) => `${shown} acts on tickets, verdicts or the daemon past the tools of your role.`,
  remedy: () => "Use the mos tools of this session; Master OS moves tickets when their work is done.",
});
