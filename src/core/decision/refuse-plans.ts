import type { Decision } from "../../contract/decision.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { findCycle, listEdges } from "../ticket/resolve-dependency.ts";
import { findNamed, splitName } from "./find-named.ts";
import { judgePlan, type PlanGround } from "./judge-plan.ts";
import { type PlanItem, planTickets, readChoice } from "./plan-tickets.ts";
import { refuseCycles } from "./refuse-cycles.ts";

/** A decision whose option files nothing, and why. */
export interface RefusedPlan {
  readonly decision: Decision;
  readonly problems: readonly string[];
}

/**
 * The decisions of this session that cannot be planned as they are: a model's whose option does not hold (S25), and those whose
 * tickets would wait for such a one's. The rest can be planned without them.
 */
export function refusePlans(args: {
  decisions: readonly Decision[];
  earlier: readonly Decision[];
  tickets: readonly Ticket[];
  ground: PlanGround;
}): RefusedPlan[] {
  const { decisions, earlier, tickets, ground } = args;
  const judged = decisions.filter(({ planned, candidate }) => planned === undefined && candidate.judged !== undefined);
  if (judged.length === 0) return [];
  const problems = new Map<string, string[]>();
  const { refused } = refuseCycles(decisions.map(({ candidate }) => candidate));
  for (const decision of judged) {
    const cycle = refused.find(({ candidate }) => candidate.key === decision.candidate.key)?.cycle;
    const found = judgePlan(decision, { decisions: [...earlier, ...decisions], tickets, ground });
    if (cycle !== undefined) found.push(`its tickets would wait for each other (${cycle.join(" → ")})`);
    if (found.length > 0) problems.set(decision.candidate.key, found);
  }
  // What waits for one that cannot be planned cannot be either; without it, others may be found to close a loop.
  for (let known = -1; known !== problems.size; ) {
    known = problems.size;
    spreadProblems(decisions, problems);
    const sound = decisions.filter(({ candidate }) => !problems.has(candidate.key));
    for (const { decision, loop } of findLoops(planTickets({ decisions: sound, earlier, tickets }), tickets)) {
      problems.set(decision.candidate.key, [`its tickets would wait for themselves (${loop.join(" → ")})`]);
    }
  }
  return decisions.flatMap((decision) => {
    const found = decision.planned === undefined ? problems.get(decision.candidate.key) : undefined;
    return found === undefined ? [] : [{ decision, problems: found }];
  });
}

function spreadProblems(decisions: readonly Decision[], problems: Map<string, string[]>): void {
  for (let known = -1; known !== problems.size; ) {
    known = problems.size;
    for (const decision of decisions) {
      const { key } = decision.candidate;
      const missing =
        problems.has(key) || decision.planned !== undefined ? undefined : listWaited(decision, decisions).find((one) => problems.has(one));
      if (missing !== undefined) problems.set(key, [`it waits for ${missing}, which cannot be planned`]);
    }
  }
}

/** Keys of the questions not planned yet for whose tickets those of this one's choice would wait. */
function listWaited(decision: Decision, decisions: readonly Decision[]): string[] {
  const others = decisions.filter((other) => other !== decision && other.planned === undefined);
  const { tickets } = readChoice(decision);
  return tickets.flatMap(({ after, draft }) => {
    const names = [...after.filter((name) => !tickets.some(({ key }) => key === name)), ...decision.candidate.dependsOn];
    const found = names.flatMap((name) => findNamed(splitName(name)[0], draft.repo, others, ({ candidate }) => candidate));
    return found.map(({ candidate }) => candidate.key);
  });
}

/** A draft that is taken up may be one for which the tickets that it would wait for wait already. */
function findLoops(items: readonly PlanItem[], tickets: readonly Ticket[]): { decision: Decision; loop: string[] }[] {
  const names = new Map(items.map(({ key, reuse }) => [key, reuse ?? key]));
  const edges = listEdges(tickets);
  for (const { key, after, dependsOn } of items) {
    edges.set(names.get(key) ?? key, [...after.map((one) => names.get(one) ?? one), ...dependsOn]);
  }
  const loop = findCycle(edges);
  const inLoop = items.filter(({ key, decision }) => decision.candidate.judged !== undefined && loop?.includes(names.get(key) ?? key));
  return loop === undefined ? [] : inLoop.map(({ decision }) => ({ decision, loop }));
}
