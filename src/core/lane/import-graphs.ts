import type { Repo } from "../../port/git.ts";
import { isReadLanguage, readImports } from "./read-imports.ts";

export interface ImportGraphs {
  /**
   * By file the files that it imports, in this tree. `undefined` where the repository is too large to be looked through:
   * more than 20,000 source files, or a kept text of more than 64 MB. Errors of git are thrown.
   */
  read(git: Repo, treeish: string): Promise<ReadonlyMap<string, readonly string[]> | undefined>;
}

const filesMax = 20_000;
const charactersMax = 64 * 1024 * 1024;
const keptMax = 4;
const pageFiles = 500;

/** Reads import graphs from the object store, and keeps the last few by repository and tree: a landing asks for the same again. */
export function createImportGraphs(): ImportGraphs {
  const kept = new Map<string, Promise<ReadonlyMap<string, readonly string[]> | undefined>>();
  return {
    async read(git, treeish) {
      const tree = await git.resolve(`${treeish}^{tree}`);
      if (tree === undefined) return undefined;
      const key = `${git.path} ${tree}`;
      const graph = kept.get(key) ?? readGraph(git, tree);
      // The latest use stands last; one that failed is asked for anew.
      kept.delete(key);
      kept.set(key, graph);
      graph.catch(() => kept.delete(key));
      for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - keptMax))) kept.delete(oldest);
      return graph;
    },
  };
}

async function readGraph(git: Repo, tree: string): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const entries = (await git.listTree(tree)).filter((entry) => entry.type === "blob" && entry.mode !== "120000");
  const sources = entries.filter((entry) => isReadLanguage(entry.path) && !entry.path.includes("node_modules/"));
  if (sources.length > filesMax) return undefined;
  const paths = entries.map((entry) => entry.path);
  const graph = new Map<string, string[]>();
  let characters = 0;
  for (let from = 0; from < sources.length; from += pageFiles) {
    const page = sources.slice(from, from + pageFiles);
    const texts = await git.readBlobs(page.map((entry) => entry.id));
    characters += texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    if (characters > charactersMax) return undefined;
    const files = page.flatMap(({ path }, at) => (texts[at] === undefined ? [] : [{ path, text: texts[at] }]));
    for (const [path, imports] of readImports(paths, files)) graph.set(path, imports);
  }
  return graph;
}
