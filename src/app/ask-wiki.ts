import { MosError } from "../contract/error.ts";
import { indexPath } from "../core/knowledge/check-page.ts";
import { readWiki } from "../core/knowledge/read-wiki.ts";
import { chooseWords } from "../core/search/choose-words.ts";
import { splitPassages, splitVersion } from "../core/search/split-passages.ts";
import type { OpenPassageIndex, Search } from "../port/search.ts";
import type { World } from "../port/world.ts";
import { chooseDomains } from "./check-wiki.ts";

const maxDefault = 8;
const maxMost = 50;
const questionCharsMax = 4000;
/** How often an index that others renew at the same time is looked at again. */
const attemptsMax = 5;

/**
 * Search over the wikis, each by its own index. An index says which tree it was made of, and is made anew where main has
 * another wiki: nothing has to be told of a landing, and what a crash leaves is made again.
 */
export function createSearch(world: Pick<World, "git" | "workspace">, open: OpenPassageIndex): Search {
  return {
    async ask({ domain: name, question, max = maxDefault }) {
      const [domain] = chooseDomains(world, name);
      const words = chooseWords(question.slice(0, questionCharsMax));
      if (!domain || words.length === 0) return [];
      const repo = world.git.at(domain.home.path);
      const index = open(domain.name);
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        const tip = await repo.resolve(`refs/heads/${domain.home.branch}^{commit}`);
        const tree = tip && (await repo.resolve(`${tip}:wiki`));
        if (tip === undefined || tree === undefined) return [];
        const stamp = `${splitVersion} ${domain.name} ${tree}`;
        const found = await index.find({ stamp, words, max: Math.min(Math.max(1, max), maxMost) });
        if (found !== "stale") return found;
        const { pages } = await readWiki(repo, tip);
        const passages = [...pages].filter(([path]) => path !== indexPath).flatMap(([path, page]) => splitPassages(path, page));
        await index.replace(stamp, passages);
      }
      throw new MosError({
        code: "search-unavailable",
        message: `the index of ${domain.name}'s wiki is replaced by others faster than it can be read`,
        hint: "Ask again.",
      });
    },
  };
}
