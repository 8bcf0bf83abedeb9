import type { AgentRun } from "../../contract/agent.ts";
import type { Budget } from "../../contract/config.ts";
import { countCost, findPrice, type Prices } from "./price-usage.ts";
import { sumTokens } from "./sum-tokens.ts";

/** One budget with the runs that count against it, the one in question left out. */
export interface BudgetScope {
  /** As mos.yaml says it: `budgets.day`. */
  readonly name: string;
  /** For a reader: `MUS-12`, `music on 2026-11-20`. */
  readonly of: string;
  readonly budget: Budget;
  readonly runs: readonly Pick<AgentRun, "id" | "usage" | "cost" | "model">[];
  /** What clears it beside a raised budget: `2026-11-21 begins`. */
  readonly passes?: string;
}

export type BudgetLeft =
  | {
      readonly ok: true;
      /** Infinite where nothing bounds them. */
      readonly tokens: number;
      readonly usd: number;
    }
  | { readonly ok: false; readonly reason: string; readonly clears: string };

/**
 * What is left of all budgets for one more run (V3), or which of them is used up and what clears it. Money that cannot be
 * counted, because no price fits a model, counts as used up: a hard stop that cannot see is none.
 */
export function countLeft(scopes: readonly BudgetScope[], args: { model: string | undefined; prices: Prices }): BudgetLeft {
  let tokens = Number.POSITIVE_INFINITY;
  let usd = Number.POSITIVE_INFINITY;
  for (const scope of scopes) {
    const { budget, runs } = scope;
    if (budget.runs !== undefined && runs.length >= budget.runs) return usedUp(scope, "runs", `${budget.runs} runs`);
    if (budget.tokens !== undefined) {
      const used = runs.reduce((sum, run) => sum + sumTokens(run.usage), 0);
      if (used >= budget.tokens) return usedUp(scope, "tokens", `${budget.tokens} tokens`);
      tokens = Math.min(tokens, budget.tokens - used);
    }
    if (budget.usd !== undefined) {
      const unknown = findUnpriced(scope, args);
      if (unknown) return unknown;
      const used = runs.reduce((sum, run) => sum + (countCost(run, args.prices) ?? 0), 0);
      if (used >= budget.usd) return usedUp(scope, "usd", `estimated ${showUsd(budget.usd)}`);
      usd = Math.min(usd, budget.usd - used);
    }
  }
  return { ok: true, tokens, usd };
}

/** Names the limit alone: how much others used is not for everyone who waits for them. */
function usedUp({ name, of, passes }: BudgetScope, field: keyof Budget, used: string): Extract<BudgetLeft, { ok: false }> {
  const raised = `${name}.${field} in mos.yaml is raised`;
  return {
    ok: false,
    reason: `${of} has used up its ${used} (${name}.${field})`,
    clears: passes === undefined ? raised : `${passes}, or ${raised}`,
  };
}

function findUnpriced(
  { name, runs }: BudgetScope,
  { model, prices }: { model: string | undefined; prices: Prices },
): Extract<BudgetLeft, { ok: false }> | undefined {
  const past = runs.find((run) => countCost(run, prices) === undefined);
  if (!past && findPrice(prices, model)) return undefined;
  const unpriced = past ? past.model : model;
  const what = unpriced === undefined ? "a model that nobody named" : `the model ${unpriced}`;
  const remedy = unpriced === undefined ? '"*"' : JSON.stringify(unpriced);
  return {
    ok: false,
    reason: `${name}.usd is a hard stop, and mos.yaml has no price for ${what}${past ? ", which was used before" : ""}`,
    clears: `prices in mos.yaml has a line ${remedy} with dollars for a million tokens, or ${name}.usd is taken out`,
  };
}

/** An estimate, to the cent, or as small as it is. */
export function showUsd(usd: number): string {
  return usd === 0 || usd >= 0.01 ? `$${usd.toFixed(2)}` : `$${usd.toPrecision(2)}`;
}
