/** The name most like this one, for "did you mean"; none when nothing is near (a third of the letters may differ). */
export function findNearest(name: string, names: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  let best: { name: string; distance: number } | undefined;
  for (const other of names) {
    const distance = countEdits(lower, other.toLowerCase());
    if (distance < (best?.distance ?? Math.max(2, Math.ceil(Math.max(name.length, other.length) / 3)) + 1))
      best = { name: other, distance };
  }
  return best?.name;
}

/** Levenshtein's distance. */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
