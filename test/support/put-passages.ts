import type { Passage, PassageIndex } from "../../src/port/search.ts";

/** Makes an index of these passages, as it is made of a wiki's pages: what a page says is its version. */
export function putPassages(index: PassageIndex, stamp: string, passages: readonly Passage[]): Promise<number> {
  const byPage = new Map<string, Passage[]>();
  for (const passage of passages) {
    const own = byPage.get(passage.page);
    if (own) own.push(passage);
    else byPage.set(passage.page, [passage]);
  }
  return index.update({
    stamp,
    pages: [...byPage].map(([path, own]) => ({ path, blob: JSON.stringify(own) })),
    read: async (paths) => new Map(paths.map((path) => [path, byPage.get(path) ?? []])),
  });
}
