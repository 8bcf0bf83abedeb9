import type { SearchState } from "../../../port/search.ts";

/** By what a wiki is searched, for a person; empty where nothing is left to do. */
export function describeLegs({ passages, vectors, absent }: SearchState): string {
  if (absent !== undefined) return `by words alone: ${absent.reason}${absent.remedy === "" ? "" : `. ${absent.remedy}`}`;
  if (vectors >= passages) return "by words and vectors";
  return `by words, and by vectors of ${vectors} of ${passages} passages: mos wiki index computes the others`;
}
