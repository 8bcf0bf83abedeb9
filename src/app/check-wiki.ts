import type { Domain } from "../contract/config.ts";
import { MosError } from "../contract/error.ts";
import type { WikiProblem } from "../contract/knowledge.ts";
import { checkDomainWiki } from "../core/knowledge/check-wiki.ts";
import type { World } from "../port/world.ts";

export interface DomainWikiProblem extends WikiProblem {
  readonly domain: string;
}

/**
 * `mos wiki check`: problems only, of one domain or of all and the operator's. `repo`, `treeish` and `base` as in
 * `checkDomainWiki`; they need a domain.
 *
 * @throws MosError `domain-unknown`
 */
export async function checkWiki(
  world: World,
  args: { domain?: string; repo?: string; treeish?: string; base?: string } = {},
): Promise<DomainWikiProblem[]> {
  const { domain: name, ...where } = args;
  const problems: DomainWikiProblem[] = [];
  for (const domain of chooseDomains(world, name)) {
    if (name === undefined && !(await world.git.isRepository(domain.home.path))) continue;
    const found = await checkDomainWiki({ domain, git: world.git, store: world.store, ...where });
    problems.push(...found.map((problem) => ({ domain: domain.name, ...problem })));
  }
  return problems;
}

/** The domain of that name, the operator's included; all of them without a name. */
export function chooseDomains(world: Pick<World, "workspace">, name: string | undefined): Domain[] {
  const all = [...world.workspace.domains, world.workspace.operator];
  if (name === undefined) return all;
  const found = all.filter((domain) => domain.name === name);
  if (found.length > 0) return found;
  throw new MosError({
    code: "domain-unknown",
    message: `there is no domain ${JSON.stringify(name)}`,
    hint: `The domains are: ${all.map((domain) => domain.name).join(", ")}. mos domain add makes a new one.`,
    exit: 3,
  });
}
