import { defineDeedRule } from "./deed-rule.ts";

/** Daemons take orders from whoever reaches their socket. */
export const refuseSockets = defineDeedRule({
  id: "P3.21",
  guard: "ticket-state-guard",
  deeds: ["socket"],
  reason: (shown) => `${shown} talks to a socket of the machine or of Master OS.`,
  remedy: () => "Use the mos tools; tickets move by their own state machine.",
});
