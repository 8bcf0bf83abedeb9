import type { PlayLimits } from "../../port/role-runtime.ts";
import type { RoleParts } from "./role-parts.ts";

/** A run's own limits, as mos.yaml says (`budgets.run`). */
export const limitRun: RoleParts["limitsLeft"] = async (world, _tx, { wallMs }) => {
  const { run } = world.workspace.config.budgets;
  const own = run.seconds * 1000;
  return {
    ok: true,
    limits: {
      wallMs: wallMs === undefined ? own : Math.min(own, wallMs),
      turns: run.turns,
      requests: run.requests,
      tokens: run.tokens,
      transcriptBytes: run.outputBytes,
    },
  };
};

/** Ends a run that used more than its limits. */
export const watchLimits: RoleParts["observe"] = (_world, { limits }) => ({
  onUsage: (usage) => sayOver(usage, limits),
  onOutcome: () => undefined,
});

function sayOver(usage: Parameters<ReturnType<RoleParts["observe"]>["onUsage"]>[0], limits: PlayLimits): string | undefined {
  const tokens = usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  if (tokens > limits.tokens) return `it used ${tokens} tokens of ${limits.tokens}`;
  if (usage.requests > limits.requests) return `it made ${usage.requests} requests of ${limits.requests}`;
  return undefined;
}
