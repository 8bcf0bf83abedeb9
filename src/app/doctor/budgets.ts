import type { AgentRun } from "../../contract/agent.ts";
import { addDays } from "../../core/chore/add-days.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";
import { countDays, readLocalDay } from "../../stage/scout/local-day.ts";
import { type DoctorCheck, everyTime, type Finding, fails, holds, nameSome } from "./doctor-check.ts";

const dayMs = 24 * 3_600_000;

/**
 * Model calls beyond what the operator set, and calls that no run accounts for: a way to a model beside the one that counts.
 * A budget that is used up is no fault: it stops what it bounds, and says so there.
 */
export const budgets: DoctorCheck = {
  id: "budgets",
  scope: "workspace",
  fingerprint: everyTime,
  examine: async ({ world }) => {
    const { modelCallsPerDay } = world.workspace.config.limits;
    const since = Date.parse(world.clock.now()) - dayMs;
    const { sessions, runs } = await world.store.read(async (tx) => {
      const sessions = (await tx.sessions.list()).filter(({ endedAt, startedAt }) => Date.parse(endedAt ?? startedAt) > since);
      // A run lasts for a day at most, and belongs to a session that had begun.
      const from = Math.min(since - dayMs, ...sessions.map(({ startedAt }) => Date.parse(startedAt)));
      return { sessions, runs: await listSince(tx, { from, now: world.clock.now() }) };
    });
    const recent = runs.filter((run) => Date.parse(run.endedAt ?? run.startedAt) > since);
    const unaccounted = sessions
      .map(({ id, modelCalls }) => ({ id, calls: modelCalls - sumRequests(runs.filter(({ session }) => session === id)) }))
      .filter(({ calls }) => calls > 0);
    const hidden = unaccounted.reduce((sum, { calls }) => sum + calls, 0);
    const calls = sumRequests(recent) + hidden;
    if (modelCallsPerDay > 0 ? calls > modelCallsPerDay : hidden > 0) return tellCalls({ calls, hidden, unaccounted, modelCallsPerDay });
    return calls === 0 ? holds("no model was called in the last day") : holds(sayUse(world, recent, calls));
  },
};

const daysMax = 100;

/** Day by day: what was run in the years before is not read. The days of a session longer than `daysMax` are not asked for singly. */
async function listSince(tx: StoreReader, { from, now }: { from: number; now: string }): Promise<readonly AgentRun[]> {
  const first = addDays(readLocalDay(new Date(from).toISOString()), -1);
  // A clock that was set back has runs of tomorrow.
  const days = countDays({ from: first, to: readLocalDay(now) }) + 2;
  if (days > daysMax) return tx.agentRuns.list();
  const ofDays: AgentRun[] = [];
  for (let at = 0; at < days; at += 1) ofDays.push(...(await tx.agentRuns.list({ day: addDays(first, at) })));
  return ofDays;
}

function tellCalls(args: {
  calls: number;
  hidden: number;
  unaccounted: readonly { readonly id: string }[];
  modelCallsPerDay: number;
}): Finding {
  const { calls, hidden, unaccounted, modelCallsPerDay } = args;
  const where = hidden === 0 ? "" : `, ${hidden} of them in no run's account (${nameSome(unaccounted.map(({ id }) => id))})`;
  return fails(
    `${calls} model calls were made in the last day${where}, and the budget is ${modelCallsPerDay}`,
    "Set limits.modelCallsPerDay in mos.yaml to what you want to pay for, or wait a day.",
  );
}

function sayUse({ workspace }: World, runs: readonly AgentRun[], calls: number): string {
  const { modelCallsPerDay } = workspace.config.limits;
  const bound = modelCallsPerDay > 0 ? ` of ${modelCallsPerDay}` : "";
  return `${calls}${bound} model calls in ${countOf(runs.length, "run")} in the last day`;
}

function sumRequests(runs: readonly Pick<AgentRun, "usage">[]): number {
  return runs.reduce((sum, { usage }) => sum + usage.requests, 0);
}
