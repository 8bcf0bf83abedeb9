import type { GuardName } from "../../../contract/policy.ts";
import type { Deed } from "../act.ts";
import type { Scene } from "../scene.ts";
import { quote } from "./advice.ts";
import { defineRule, type Rule } from "./rule.ts";

/** A rule against something that is wrong whoever does it and wherever. */
export function defineDeedRule(rule: {
  id: string;
  guard: GuardName;
  deeds: readonly Deed[];
  reason: (shown: string) => string;
  remedy: (scene: Scene, deed: Deed) => string;
}): Rule {
  return defineRule({
    id: rule.id,
    guard: rule.guard,
    on: "deed",
    judge: (act, scene) =>
      rule.deeds.includes(act.deed) ? { reason: rule.reason(quote(act.shown)), remedy: rule.remedy(scene, act.deed) } : undefined,
  });
}
