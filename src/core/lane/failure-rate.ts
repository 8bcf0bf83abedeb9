/** What was seen of this lane: tickets that landed or were rejected, and of these the rejected. */
export interface FailureRate {
  readonly judged: number;
  readonly failed: number;
}

/** Before anything was seen: one in twenty, as heavy as twenty tickets. */
const prior: FailureRate = { judged: 20, failed: 1 };
/** What is older counts half once this many were judged, so that a lane's bad week is forgotten. */
const memory = 200;

export const unknownRate: FailureRate = { judged: 0, failed: 0 };

/** The chance that a ticket fails at the gate. Never 0, nor 1. */
export function estimateFailure({ judged, failed }: FailureRate): number {
  return (failed + prior.failed) / (judged + prior.judged + prior.failed);
}

export function countJudged(rate: FailureRate, { landed = 0, failed = 0 }: { landed?: number; failed?: number }): FailureRate {
  const next = { judged: rate.judged + landed + failed, failed: rate.failed + failed };
  return next.judged <= memory ? next : { judged: next.judged / 2, failed: next.failed / 2 };
}

/** A batch that fails costs its bisection: more than this are never tested as one. */
export const batchMax = 16;

/**
 * How many tickets are tested as one: about 1/√p (Dorfman, The Detection of Defective Members of Large Populations, 1943: the
 * cheapest group size where a group that fails is tested one by one; bisection is cheaper still at the same size).
 */
export function sizeBatch(rate: FailureRate): number {
  return Math.max(1, Math.min(batchMax, Math.round(1 / Math.sqrt(estimateFailure(rate)))));
}
