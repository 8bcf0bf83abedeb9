import type { Repo } from "../../port/git.ts";
import { isPagePath, type WikiFiles, wikiFilesOf } from "./check-page.ts";

const pageTextMax = 5_000;

/** The wiki of one tree, with every path of the tree for its links. */
export async function readWiki(repo: Repo, treeish: string): Promise<WikiFiles> {
  const entries = await repo.listTree(treeish);
  const pages = entries.filter((entry) => entry.mode.startsWith("100") && isPagePath(entry.path)).slice(0, pageTextMax);
  const read = await repo.readBlobs(pages.map((page) => page.id));
  const texts = new Map(pages.flatMap(({ path }, index) => (read[index] === undefined ? [] : [[path, read[index]] as const])));
  return wikiFilesOf({ texts, paths: entries.map((entry) => entry.path) });
}
