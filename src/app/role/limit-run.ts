import type { AgentRun } from "../../contract/agent.ts";
import type { Budget, Workspace } from "../../contract/config.ts";
import { addDays } from "../../core/chore/add-days.ts";
import { type BudgetScope, countLeft } from "../../core/run/count-left.ts";
import type { StoreReader } from "../../port/store.ts";
import type { RoleParts, RunNeed } from "./role-parts.ts";

/** The smaller of a run's own limits and what is left of its ticket's, its domain's day's and the day's budget (V3). */
export const limitRun: RoleParts["limitsLeft"] = async (world, tx, need) => {
  const { budgets, prices } = world.workspace.config;
  const { run } = budgets;
  const scopes = await readScopes(world.workspace, tx, need);
  const left = countLeft(scopes, { model: need.model, prices });
  if (!left.ok) return left;
  const ownMs = run.seconds * 1000;
  return {
    ok: true,
    limits: {
      wallMs: need.wallMs === undefined ? ownMs : Math.min(ownMs, need.wallMs),
      turns: run.turns,
      requests: run.requests,
      tokens: Math.min(run.tokens, left.tokens),
      transcriptBytes: run.outputBytes,
    },
  };
};

/** The budgets that a run counts against, its own first, each with the other runs that do. */
export async function readScopes(
  workspace: Workspace,
  tx: Pick<StoreReader, "agentRuns">,
  need: Pick<RunNeed, "domain" | "day"> & { readonly ticket?: string | undefined; readonly id?: string },
): Promise<BudgetScope[]> {
  const { budgets } = workspace.config;
  const others = (runs: readonly AgentRun[]) => runs.filter(({ id }) => id !== need.id);
  const ofDay = others(await tx.agentRuns.list({ day: need.day }));
  const ofTicket = need.ticket === undefined ? [] : others(await tx.agentRuns.list({ ticket: need.ticket }));
  const passes = `${addDays(need.day, 1)} begins`;
  const domain = { ...budgets.domainDay, ...findDomainBudget(workspace, need.domain) };
  return [
    scopeRun(workspace, need.id ?? "a run"),
    ...(need.ticket === undefined ? [] : [{ name: "budgets.ticket", of: need.ticket, budget: budgets.ticket, runs: ofTicket }]),
    ...splitBudget(workspace, need.domain, domain).map(({ name, budget }) => ({
      ...{ name, budget, passes },
      of: `${need.domain} on ${need.day}`,
      runs: ofDay.filter((run) => run.domain === need.domain),
    })),
    { name: "budgets.day", of: need.day, budget: budgets.day, runs: ofDay, passes },
  ];
}

/** What a run may use whatever is left of the others. */
export function scopeRun({ config }: Workspace, id: string): BudgetScope {
  const { tokens, usd } = config.budgets.run;
  return { name: "budgets.run", of: id, budget: { tokens, ...(usd === undefined ? {} : { usd }) }, runs: [] };
}

function findDomainBudget({ domains, operator }: Workspace, name: string): Budget {
  return [...domains, operator].find((domain) => domain.name === name)?.budget ?? {};
}

/** A domain's own figures take the place of `budgets.domainDay`, each by itself: a refusal names the line to change. */
function splitBudget(workspace: Workspace, name: string, all: Budget): { name: string; budget: Budget }[] {
  const own = findDomainBudget(workspace, name);
  const rest = Object.fromEntries(Object.entries(all).filter(([key]) => !(key in own)));
  return [
    { name: `domains.${name}.budget`, budget: own },
    { name: "budgets.domainDay", budget: rest },
  ];
}
