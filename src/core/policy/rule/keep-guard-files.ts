import { changes, quote } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** Policy, sockets and program of Master OS itself. */
export const keepGuardFiles: PathRule = {
  id: "P3.50",
  guard: "hook-tamper-guard",
  judge(act, { place }) {
    const program = place.zone === "program" && (changes(act.access) || act.access === "link");
    if (place.zone !== "guard-files" && !program) return undefined;
    return {
      reason: `${quote(act.shown)} belongs to the guards themselves (policy, daemon or program of Master OS).`,
      remedy: "Leave it alone; if a guard is in your way, say in your report which rule refused what, and go on with the rest.",
    };
  },
};
