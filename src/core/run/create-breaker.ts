import type { ToolOutcome } from "../../port/role-runtime.ts";

/** Outcomes remembered of one run; what comes after is taken for new. */
const rememberedMax = 20_000;

/**
 * Counts outcomes, not activity (V6). A run is over when, `sameOutcomes` times in a row, an outcome brought nothing new:
 * - the same call with the same answer as just before, whether it failed or not;
 * - a failure that this very call has had before, or a success seen twice before: so a cycle of calls ends too.
 * What happens between them does not hide a failure for ever: twice as many failures with one answer and no success between
 * them, or three times as many of one very call in all, end the run too. Nor does an answer that differs each time: one very
 * call made in a row, with no other between, ends it after twice as many failures, or four times as many of any outcome.
 *
 * Gives the reason, in our own words, from then on; `undefined` while there is progress.
 */
export function createBreaker(sameOutcomes: number): (outcome: ToolOutcome) => string | undefined {
  const seen = new Map<string, number>();
  let last: string | undefined;
  let streak = 0;
  let failing: { key: string; count: number } | undefined;
  let row: { key: string; count: number; failed: number } | undefined;
  let reason: string | undefined;

  return (outcome) => {
    if (reason !== undefined) return reason;
    const key = JSON.stringify([outcome.tool, outcome.input, outcome.answer, outcome.failed]);
    const before = seen.get(key) ?? 0;
    if (before > 0 || seen.size < rememberedMax) seen.set(key, before + 1);
    streak = countStreak({ streak, before, failed: outcome.failed, again: key === last });
    last = key;
    failing = countFailing(failing, outcome);
    row = countRow(row, outcome);
    const tool = showTool(outcome.tool);
    if (streak >= sameOutcomes) reason = `the last ${streak} outcomes brought nothing new; the last call was ${tool}`;
    else if (outcome.failed && before + 1 >= 3 * sameOutcomes) reason = `one call of ${tool} failed the same way ${before + 1} times`;
    else if (failing && failing.count >= 2 * sameOutcomes)
      reason = `${tool} failed the same way ${failing.count} times with nothing between`;
    else if (row.failed >= 2 * sameOutcomes) reason = `one call of ${tool} failed ${row.failed} times with no other call between`;
    else if (row.count >= 4 * sameOutcomes) reason = `one call of ${tool} was made ${row.count} times with no other call between`;
    return reason;
  };
}

/** The first of a row counts: a call that fails the same way is ended at the `sameOutcomes`th time. */
function countStreak(args: { streak: number; before: number; failed: boolean; again: boolean }): number {
  const { streak, before, failed, again } = args;
  if (before === 0) return 1;
  if (again || failed || before >= 2) return streak + 1;
  // Looked at a second time, as after a conversation was shortened: neither news nor a loop.
  return Math.max(streak, 1);
}

function countFailing(failing: { key: string; count: number } | undefined, outcome: ToolOutcome) {
  if (!outcome.failed) return undefined;
  const key = JSON.stringify([outcome.tool, outcome.answer]);
  return { key, count: failing?.key === key ? failing.count + 1 : 1 };
}

/** Whatever it answers: a time, a counter or chance in an answer makes a repeated call no other. */
function countRow(row: { key: string; count: number; failed: number } | undefined, { tool, input, failed }: ToolOutcome) {
  const key = JSON.stringify([tool, input]);
  const before = row?.key === key ? row : { count: 0, failed: 0 };
  return { key, count: before.count + 1, failed: failed ? before.failed + 1 : 0 };
}

/** A tool's name is the model's own text. */
function showTool(tool: string): string {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(tool) ? tool : "a tool";
}
