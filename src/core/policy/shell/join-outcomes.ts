import type { Outcome } from "./reader.ts";
import { joinScopes } from "./shell-scope.ts";

/** Whichever of these happens. */
export function joinOutcomes(outcomes: readonly Outcome[]): Outcome {
  const [first, ...rest] = outcomes;
  if (first === undefined) return { ok: undefined, fail: undefined, output: undefined };
  return rest.reduce(
    (left, right) => ({
      ok: joinScopes(left.ok, right.ok),
      fail: joinScopes(left.fail, right.fail),
      output: left.output === right.output ? left.output : undefined,
    }),
    first,
  );
}
