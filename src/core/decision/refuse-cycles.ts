import type { DecisionCandidate, Option } from "../../contract/brief.ts";
import { findBefore } from "./find-named.ts";

/** Questions that can be planned, and those that cannot, each with what waits for itself. */
export interface CycleReport {
  readonly sound: readonly DecisionCandidate[];
  readonly refused: readonly { readonly candidate: DecisionCandidate; readonly cycle: readonly string[] }[];
}

/** Sets questions aside whose tickets would wait for each other (T3), before anybody is asked: an answer could not be planned. */
export function refuseCycles(candidates: readonly DecisionCandidate[]): CycleReport {
  const byKey = new Map(candidates.map((candidate) => [candidate.key, candidate]));
  const before = (key: string): string[] => {
    const candidate = byKey.get(key);
    return candidate === undefined ? [] : findBefore(candidate, candidates).map((other) => other.key);
  };
  const judged = candidates.map((candidate) => {
    const siblings = candidate.options.map(findSiblingCycle).find((cycle) => cycle !== undefined);
    return { candidate, cycle: siblings ?? findCycle(candidate.key, before) };
  });
  return {
    sound: judged.filter(({ cycle }) => cycle === undefined).map(({ candidate }) => candidate),
    refused: judged.flatMap(({ candidate, cycle }) => (cycle === undefined ? [] : [{ candidate, cycle }])),
  };
}

function findSiblingCycle({ tickets }: Option): string[] | undefined {
  const before = (key: string): readonly string[] => tickets.find((ticket) => ticket.key === key)?.after ?? [];
  return tickets.map((ticket) => findCycle(ticket.key, before)).find((cycle) => cycle !== undefined);
}

/** The way from `start` back to it, when there is one. */
function findCycle(start: string, before: (key: string) => readonly string[]): string[] | undefined {
  const seen = new Set<string>();
  const walk = (key: string, way: readonly string[]): string[] | undefined => {
    for (const next of before(key)) {
      if (next === start) return [...way, start];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...way, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
