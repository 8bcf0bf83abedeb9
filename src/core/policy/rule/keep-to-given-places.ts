import { changes, quote, sayWhereToWork } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** Outside the workspace only what the policy names is there: an allow-list, like the box's mounts. */
export const keepToGivenPlaces: PathRule = {
  id: "P3.4",
  guard: "boundary-guard",
  judge(act, { place }, scene) {
    const closed = place.zone === "outside" || (place.zone === "readable" && changes(act.access));
    if (!closed) return undefined;
    const doing = changes(act.access) ? "be written" : "be read";
    return {
      reason: `${quote(act.shown)} is a place of the machine that may not ${doing} by agents.`,
      remedy: `${sayWhereToWork(scene)}; for scratch files use /tmp.`,
    };
  },
};
