import { defineDeedRule } from "./deed-rule.ts";

/** Processes of other domains and of Master OS itself run under the same user. */
export const refuseSignals = defineDeedRule({
  id: "P3.12",
  guard: "boundary-guard",
  deeds: ["signal", "service"],
  reason: (shown) => `${shown} reaches for processes or services that are not of this run.`,
  remedy: () => "End only jobs of this very shell (kill %1, kill $!), or give your command a limit: timeout 60 CMD.",
});
