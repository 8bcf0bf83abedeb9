import { quote } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** I2: the store has one writer, and it is no agent. */
export const keepTicketStore: PathRule = {
  id: "P3.20",
  guard: "ticket-state-guard",
  judge(act, { place }) {
    if (place.zone !== "store") return undefined;
    return {
      reason: `${quote(act.shown)} is the store of tickets and logs; ticket state moves only along its state machine.`,
      remedy: "Do the ticket's work and report; Master OS moves its state. To look at your ticket, use the mos tools.",
    };
  },
};
