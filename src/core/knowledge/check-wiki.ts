import type { Domain } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { WikiProblem } from "../../contract/knowledge.ts";
import type { Git } from "../../port/git.ts";
import type { Store } from "../../port/store.ts";
import { findWikiProblems, problemsOfChange } from "./find-wiki-problems.ts";
import { openSources } from "./open-sources.ts";
import { readWiki } from "./read-wiki.ts";

/**
 * What is wrong in the wiki of a domain. Reads git and the store, changes nothing.
 *
 * @param repo     a repository of the domain by name; default its home
 * @param treeish  a commit or tree of that repository; default its branch's tip
 * @param base     only what differs from this one is judged: what a ticket makes wrong (K4). For a gate: base = main,
 *                 treeish = the merged result
 * @throws MosError `repository-unknown`, and what git and the store throw
 */
export async function checkDomainWiki(args: {
  domain: Domain;
  git: Git;
  store?: Store;
  repo?: string;
  treeish?: string;
  base?: string;
}): Promise<WikiProblem[]> {
  const { domain, git, store, repo: name = "home", base } = args;
  const handle = domain.repos.find((one) => one.name === name);
  if (!handle) {
    throw new MosError({
      code: "repository-unknown",
      message: `domain ${domain.name} has no repository ${name}`,
      hint: `It has: ${domain.repos.map((one) => one.name).join(", ")}.`,
    });
  }
  const repo = git.at(handle.path);
  const treeish = args.treeish ?? (await repo.resolve(`refs/heads/${handle.branch}^{commit}`));
  if (treeish === undefined) return [];
  const sources = openSources({ domain, git, ...(store ? { store } : {}), ...(name === "home" ? { treeish } : {}) });
  const after = await readWiki(repo, treeish);
  if (base === undefined) return findWikiProblems(after, sources);
  return problemsOfChange(await readWiki(repo, base), after, sources);
}
