import type { Fusion } from "../../port/search.ts";

/**
 * Reciprocal rank fusion of two lists, each nearest first (Cormack, Clarke and Büttcher 2009): where the legs' scores have
 * nothing in common, their ranks have. What one list lacks gets nothing of that leg.
 *
 * @returns the scores by item, in no order
 */
export function fuseRanks<Item>(args: { words: readonly Item[]; vectors: readonly Item[]; fusion: Fusion }): Map<Item, number> {
  const { words, vectors, fusion } = args;
  const scores = new Map<Item, number>();
  const add = (items: readonly Item[], weight: number) => {
    for (const [at, item] of items.entries()) scores.set(item, (scores.get(item) ?? 0) + weight / (fusion.k + at + 1));
  };
  add(words, fusion.words);
  add(vectors, fusion.vectors);
  return scores;
}
