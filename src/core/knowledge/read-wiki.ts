import type { Repo } from "../../port/git.ts";
import { isPagePath, type WikiFiles, wikiFilesOf } from "./check-page.ts";

const pageTextMax = 5_000;

/** The wiki of one tree, with every path of the tree for its links. */
export async function readWiki(repo: Repo, treeish: string): Promise<WikiFiles> {
  const entries = await repo.listTree(treeish);
  const pages = entries.filter((entry) => entry.mode.startsWith("100") && isPagePath(entry.path)).slice(0, pageTextMax);
  const texts = new Map<string, string>();
  for (let at = 0; at < pages.length; at += 8) {
    const some = pages.slice(at, at + 8);
    const read = await Promise.all(some.map(async ({ path }) => [path, await repo.readFile(treeish, path)] as const));
    for (const [path, text] of read) if (text !== undefined) texts.set(path, text);
  }
  return wikiFilesOf({ texts, paths: entries.map((entry) => entry.path) });
}
