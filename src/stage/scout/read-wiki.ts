import type { Fact } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import { checkDomainWiki } from "../../core/knowledge/check-wiki.ts";
import type { World } from "../../port/world.ts";
import { quoteLine, type ReadLines } from "./prove-evidence.ts";

/** Problems of one domain's wiki that a brief names; the rest are counted. */
const namedMax = 20;

/** Stale, moved and missing citations and the like, as facts. */
export async function readWiki(world: World, args: { domain: Domain; head: string; readLines: ReadLines }): Promise<Fact[]> {
  const problems = await checkDomainWiki({ domain: args.domain, git: world.git, store: world.store, treeish: args.head });
  const facts = problems.slice(0, namedMax).map(async ({ page, line, problem, kind }): Promise<Fact> => {
    const path = page.startsWith("wiki/") ? page : `wiki/${page}`;
    const evidence = await quoteLine(args.readLines, { repo: "home", commit: args.head, path, line });
    const score = kind === "citation-stale" || kind === "citation-missing" ? 15 : 8;
    return { kind: "wiki", text: `${path}:${line}: ${problem}`.slice(0, 1000), evidence, score };
  });
  const more = problems.length - namedMax;
  const rest: Fact[] = more > 0 ? [{ kind: "wiki", text: `${more} more problems: mos wiki check`, evidence: [], score: 1 }] : [];
  return [...(await Promise.all(facts)), ...rest];
}
