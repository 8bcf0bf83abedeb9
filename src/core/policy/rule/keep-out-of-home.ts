import { quote, sayWhereToWork } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** Logins, keys and settings of the operator live there. */
export const keepOutOfHome: PathRule = {
  id: "P3.3",
  guard: "boundary-guard",
  judge(act, { place }, scene) {
    if (place.zone !== "home") return undefined;
    return {
      reason: `${quote(act.shown)} lies in the operator's home folder, which no agent reads or writes.`,
      remedy: `${sayWhereToWork(scene)}; for scratch files use /tmp.`,
    };
  },
};
