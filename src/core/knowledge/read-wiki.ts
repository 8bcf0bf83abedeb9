import type { Repo } from "../../port/git.ts";
import { isPagePath, type WikiFiles, wikiFilesOf } from "./check-page.ts";
import { pageOfSidecar } from "./sidecar.ts";

const pageTextMax = 5_000;

/** The wiki of one tree with its sidecars, with every path of the tree for its links. */
export async function readWiki(repo: Repo, treeish: string): Promise<WikiFiles> {
  const entries = await repo.listTree(treeish);
  const files = entries.filter((entry) => entry.mode.startsWith("100"));
  const pages = files.filter((entry) => isPagePath(entry.path)).slice(0, pageTextMax);
  const sidecars = files.filter((entry) => pageOfSidecar(entry.path) !== undefined).slice(0, pageTextMax);
  const wanted = [...pages, ...sidecars];
  const read = await repo.readBlobs(wanted.map((file) => file.id));
  const texts = new Map(wanted.flatMap(({ path }, index) => (read[index] === undefined ? [] : [[path, read[index]] as const])));
  return wikiFilesOf({ texts, paths: entries.map((entry) => entry.path) });
}
