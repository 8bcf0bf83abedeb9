import type { AgentRun } from "../contract/agent.ts";
import type { Ticket } from "../contract/ticket.ts";
import { countCost } from "../core/run/price-usage.ts";
import { sumTokens } from "../core/run/sum-tokens.ts";
import { listOpenDomains } from "../core/workspace/list-open-domains.ts";
import type { World } from "../port/world.ts";
import { readLocalDay } from "../stage/scout/local-day.ts";
import { readLastDiagnosis } from "./record-diagnosis.ts";

export interface DomainStatus {
  readonly name: string;
  readonly prefix: string;
  readonly sealed: boolean;
  /** As the doctor last saw it. */
  readonly grade?: string;
  readonly tickets: Readonly<Record<Ticket["status"]["state"], number>>;
  /** Lanes that are paused, with the reason. */
  readonly paused: readonly { readonly lane: string; readonly reason: string }[];
  readonly briefedAt?: string;
}

export interface Status {
  readonly workspace: string;
  readonly domains: readonly DomainStatus[];
  /** Names of sealed domains that are left out of everything else here. */
  readonly withheld?: readonly string[];
  readonly running: readonly { readonly ticket: string; readonly title: string; readonly worker: string; readonly alive: boolean }[];
  /** Ready, most urgent first. */
  readonly queue: readonly { readonly ticket: string; readonly title: string; readonly priority: number }[];
  readonly questions: number;
  readonly review: number;
  readonly cost: StatusCost;
  readonly doctor?: { readonly grade: string; readonly passed: number; readonly total: number; readonly at: string };
}

/** What models used. Dollars are estimates, absent where a model that was used has neither price nor report. */
export interface StatusCost {
  /** Requests of all sessions. */
  readonly modelCalls: number;
  readonly today: CostSum;
  /** Of today, domains in which a model was called. */
  readonly domains: Readonly<Record<string, CostSum>>;
}

export interface CostSum {
  readonly runs: number;
  readonly requests: number;
  readonly tokens: number;
  readonly usd?: number;
}

/**
 * The workspace at a glance, from the store alone.
 *
 * @param args.operator  false: a session asks, and of sealed domains only their names are given
 */
export async function showStatus(world: World, args: { operator: boolean } = { operator: true }): Promise<Status> {
  const { domains: configured, operator } = world.workspace;
  const shown = args.operator ? [...configured, operator] : listOpenDomains(world.workspace);
  const isShown = ({ domain }: { domain: string }) => args.operator || shown.some(({ name }) => name === domain);
  const kept = await world.store.read(async (tx) => ({
    tickets: (await tx.tickets.list()).filter(isShown),
    lanes: await tx.lanes.list(),
    leases: await tx.leases.list(),
    briefs: await tx.briefs.list(),
    sessions: await tx.sessions.list(),
    decisions: (await tx.decisions.list()).filter(isShown),
    candidates: (await tx.candidates.list({ status: "open" })).filter(isShown),
    runs: (await tx.agentRuns.list({ day: readLocalDay(world.clock.now()) })).filter(isShown),
  }));
  const doctor = await readLastDiagnosis(world);
  const titles = new Map(kept.tickets.map(({ id, title }) => [id, title]));
  const domains = shown.map((domain): DomainStatus => {
    const lanes = new Set(domain.repos.map(({ lane }) => lane));
    const briefedAt = kept.briefs.filter((brief) => brief.domain === domain.name).at(-1)?.at;
    const grade = doctor?.domains[domain.name];
    return {
      name: domain.name,
      prefix: domain.prefix,
      sealed: domain.sealed,
      ...(grade === undefined ? {} : { grade }),
      tickets: countStates(kept.tickets.filter((ticket) => ticket.domain === domain.name)),
      paused: kept.lanes.flatMap(({ id, paused }) => (paused !== undefined && lanes.has(id) ? [{ lane: id, reason: paused.reason }] : [])),
      ...(briefedAt === undefined ? {} : { briefedAt }),
    };
  });
  return {
    workspace: world.workspace.root,
    domains,
    ...(args.operator ? {} : { withheld: configured.filter(({ sealed }) => sealed).map(({ name }) => name) }),
    running: kept.leases
      .filter(({ key }) => key.startsWith("ticket:") && (args.operator || titles.has(key.slice("ticket:".length))))
      .map((lease) => {
        const ticket = lease.key.slice("ticket:".length);
        return { ticket, title: titles.get(ticket) ?? "", worker: lease.owner, alive: world.isProcessAlive(lease) };
      }),
    queue: kept.tickets
      .filter(({ status }) => status.state === "ready")
      .sort((a, b) => b.priority - a.priority)
      .map(({ id, title, priority }) => ({ ticket: id, title, priority })),
    questions: kept.decisions.filter(({ answer }) => answer.kind === "open").length,
    review: kept.candidates.filter(({ route }) => route === "review").length,
    cost: {
      modelCalls: kept.sessions.reduce((sum, { modelCalls }) => sum + modelCalls, 0),
      today: sumCost(world, kept.runs),
      domains: Object.fromEntries(
        [...new Set(kept.runs.map(({ domain }) => domain))].map((name) => [
          name,
          sumCost(
            world,
            kept.runs.filter(({ domain }) => domain === name),
          ),
        ]),
      ),
    },
    ...(doctor === undefined ? {} : { doctor: { grade: doctor.grade, passed: doctor.passed, total: doctor.total, at: doctor.at } }),
  };
}

function sumCost({ workspace }: World, runs: readonly AgentRun[]): CostSum {
  const costs = runs.map((run) => countCost(run, workspace.config.prices));
  const usd = costs.some((one) => one === undefined) ? undefined : costs.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return {
    runs: runs.length,
    requests: runs.reduce((sum, { usage }) => sum + usage.requests, 0),
    tokens: runs.reduce((sum, { usage }) => sum + sumTokens(usage), 0),
    ...(usd === undefined ? {} : { usd }),
  };
}

function countStates(tickets: readonly Ticket[]): DomainStatus["tickets"] {
  const counts = { draft: 0, ready: 0, in_progress: 0, verifying: 0, merged: 0, blocked: 0 };
  for (const { status } of tickets) counts[status.state] += 1;
  return counts;
}
