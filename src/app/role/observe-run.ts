import type { AgentRun, RunFailure, Usage } from "../../contract/agent.ts";
import { type BudgetScope, countLeft } from "../../core/run/count-left.ts";
import { createBreaker } from "../../core/run/create-breaker.ts";
import type { PlayLimits } from "../../port/role-runtime.ts";
import type { World } from "../../port/world.ts";
import { readScopes, scopeRun } from "./limit-run.ts";
import type { RoleParts, RunEnding } from "./role-parts.ts";

/**
 * Watches one run while it goes on: what it and every other run used against all budgets (V3), and whether it makes progress
 * (V6). Other runs are read from the store beside each answer and outcome, so that several that share a budget end together,
 * each after at most one more answer.
 */
export const observeRun: RoleParts["observe"] = (world, { run, limits }) => {
  const breaker = createBreaker(world.workspace.config.budgets.run.sameOutcomes);
  const scopes = watchScopes(world, run);
  let ending: RunEnding | undefined;
  const end = (failure: RunFailure, found: Omit<RunEnding, "failure"> | undefined) => {
    if (found) ending ??= { failure, ...found };
    return ending?.message;
  };
  return {
    onUsage: (usage) => {
      scopes.refresh();
      return end("budget", findUsedUp(world, { run, limits, usage, scopes: scopes.latest() }));
    },
    onOutcome: (outcome) => {
      scopes.refresh();
      const message = breaker(outcome);
      return end("no-progress", message === undefined ? undefined : { message, clears: noProgressClears });
    },
    ending: () => ending,
  };
};

const noProgressClears =
  "the operator looks at what it repeated (its transcript) and mends that, or raises budgets.run.sameOutcomes in mos.yaml";

/** What others used, as it was when it was last read; one reading at a time. */
function watchScopes(world: World, run: AgentRun): { refresh(): void; latest(): readonly BudgetScope[] } {
  let latest: readonly BudgetScope[] = [scopeRun(world.workspace, run.id)];
  let reading = false;
  const refresh = () => {
    if (reading) return;
    reading = true;
    world.store
      .read((tx) => readScopes(world.workspace, tx, run))
      .then((scopes) => {
        latest = scopes;
      })
      // What was read before holds on; the run's own limits were counted when it was reserved.
      .catch(() => undefined)
      .finally(() => {
        reading = false;
      });
  };
  refresh();
  return { refresh, latest: () => latest };
}

function findUsedUp(
  world: World,
  { run, limits, usage, scopes }: { run: AgentRun; limits: PlayLimits; usage: Usage; scopes: readonly BudgetScope[] },
): Omit<RunEnding, "failure"> | undefined {
  const { prices } = world.workspace.config;
  const own = { id: run.id, usage, ...(run.model === undefined ? {} : { model: run.model }) };
  // A run that goes on is counted already among the runs.
  const counted = scopes.map(({ budget: { runs: _, ...budget }, ...scope }) => ({ ...scope, budget, runs: [...scope.runs, own] }));
  const left = countLeft(counted, { model: run.model, prices });
  if (!left.ok) return { message: left.reason, clears: left.clears };
  const reserved: BudgetScope = { name: "budgets.run", of: run.id, budget: { tokens: limits.tokens }, runs: [own] };
  const ownLeft = countLeft([reserved], { model: run.model, prices });
  if (!ownLeft.ok)
    return { message: `${run.id} has used up the ${limits.tokens} tokens that were left for it`, clears: "budgets in mos.yaml are raised" };
  if (usage.requests < limits.requests) return undefined;
  return {
    message: `${run.id} has used up its ${limits.requests} requests (budgets.run.requests)`,
    clears: "budgets.run.requests in mos.yaml is raised",
  };
}
