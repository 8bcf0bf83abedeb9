import { defineDeedRule } from "./deed-rule.ts";

/** I3. Plumbing moves any ref without asking, some of it past git's own hooks (measured). */
export const refuseRewrittenRefs = defineDeedRule({
  id: "P3.35",
  guard: "pre-merge-gate",
  deeds: ["rewrite-refs"],
  reason: (shown) => `${shown} rewrites refs or objects below git's ordinary commands.`,
  remedy: () => "Use add, commit, merge and rebase on your own branch; main moves by landing alone.",
});
