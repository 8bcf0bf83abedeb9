/** A ratio against a floor or a peer that was measured in the same run, and the bound that it is held to. */
export interface Figure {
  readonly what: string;
  readonly ratio: number;
  readonly atMost: number;
  readonly detail: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
