import type { Decision } from "../../contract/decision.ts";
import { scoreWeight } from "../brief/read-judgement.ts";

/** What a model's weight counts for where it may not be compared: in the middle. */
const ruleWeight = 50;

/**
 * The open questions of all domains in the order in which they are put (S26): as each domain's own order has them, the weightiest
 * of what is next in each first; equals in the order of domains. A sealed domain's place is found by rule alone: what a model
 * said there is not compared with anything outside. Where no model raised a question but in a sealed domain each domain's are put
 * together, in the order of domains.
 *
 * @param byDomain  each domain's questions in their own order: one before those that wait for its tickets
 */
export function rankAcrossDomains(byDomain: readonly { readonly sealed: boolean; readonly decisions: readonly Decision[] }[]): Decision[] {
  const isJudged = byDomain.some(({ sealed, decisions }) => !sealed && decisions.some(({ candidate }) => candidate.judged !== undefined));
  if (!isJudged) return byDomain.flatMap(({ decisions }) => decisions);
  const queues = byDomain.map(({ sealed, decisions }) => weighQueue(decisions, sealed));
  const ranked: Decision[] = [];
  for (;;) {
    const next = queues.reduce<Weighed[] | undefined>((best, queue) => (weigh(queue) > weigh(best) ? queue : best), undefined)?.shift();
    if (next === undefined) return ranked;
    ranked.push(next.decision);
  }
}

interface Weighed {
  readonly decision: Decision;
  /** The highest score among it and those behind it: what waits for it lends it its own. */
  readonly score: number;
}

function weighQueue(decisions: readonly Decision[], sealed: boolean): Weighed[] {
  let best = Number.NEGATIVE_INFINITY;
  return decisions
    .toReversed()
    .map((decision) => {
      const { score, judged } = decision.candidate;
      const own = sealed && judged !== undefined ? score - scoreWeight(judged.weight) + scoreWeight(ruleWeight) : score;
      best = Math.max(best, own);
      return { decision, score: best };
    })
    .toReversed();
}

function weigh(queue: readonly Weighed[] | undefined): number {
  return queue?.[0]?.score ?? Number.NEGATIVE_INFINITY;
}
