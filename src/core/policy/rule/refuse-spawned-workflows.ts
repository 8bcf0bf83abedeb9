import { defineDeedRule } from "./deed-rule.ts";

/** Its agents start with no event that a hook could see (measured). */
export const refuseSpawnedWorkflows = defineDeedRule({
  id: "P3.57",
  guard: "hook-tamper-guard",
  deeds: ["spawn-workflow"],
  reason: (shown) => `${shown} starts agents or sessions that no guard sees.`,
  remedy: () => "Do the work in this run; for parallel work, say in your report which tickets should be filed.",
});
