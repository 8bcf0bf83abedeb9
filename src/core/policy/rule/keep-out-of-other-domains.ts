import { quote, sayWhereToWork } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** I1. Also the name of a file: whether it is there is news of that silo. */
export const keepOutOfOtherDomains: PathRule = {
  id: "P3.1",
  guard: "boundary-guard",
  judge(act, { place }, scene) {
    if (place.zone !== "domain") return undefined;
    const mine =
      scene.agent.domain === undefined ? `the ${scene.agent.role} has no domain's files` : `this run is bound to ${scene.agent.domain}`;
    return {
      reason: `${quote(act.shown)}: ${place.domain} is another ${place.sealed ? "domain, and sealed" : "domain"}; ${mine}.`,
      remedy: `${sayWhereToWork(scene)}; if you need something of ${place.domain}, say so in your report and go on without it.`,
    };
  },
};
