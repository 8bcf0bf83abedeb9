import { indexPath } from "../core/knowledge/check-page.ts";
import { checkDomainWiki } from "../core/knowledge/check-wiki.ts";
import { readWiki } from "../core/knowledge/read-wiki.ts";
import type { World } from "../port/world.ts";
import { settleCandidates } from "../stage/distill/settle-candidates.ts";
import { chooseDomains } from "./check-wiki.ts";

/** `mos wiki stats`, for one domain. */
export interface WikiStats {
  readonly domain: string;
  /** Without the index. */
  readonly pages: number;
  /** Those that stand. */
  readonly claims: number;
  readonly superseded: number;
  /** Claims with at least one source. */
  readonly cited: number;
  readonly citations: number;
  readonly stale: number;
  readonly moved: number;
  readonly missing: number;
  /** All that `mos wiki check` says. */
  readonly problems: number;
  /** Of distillation, since the beginning. */
  readonly artifacts: number;
  readonly written: number;
  readonly inReview: number;
  /** When it last ran here. */
  readonly distilledAt?: string;
}

/** Figures of one wiki, or of all. Reads only, but for candidates whose ticket has ended. */
export async function readWikiStats(world: World, args: { domain?: string } = {}): Promise<WikiStats[]> {
  const stats: WikiStats[] = [];
  await settleCandidates(world, args);
  for (const domain of chooseDomains(world, args.domain)) {
    if (args.domain === undefined && !(await world.git.isRepository(domain.home.path))) continue;
    const repo = world.git.at(domain.home.path);
    const tip = await repo.resolve(`refs/heads/${domain.home.branch}^{commit}`);
    const pages = tip === undefined ? [] : [...(await readWiki(repo, tip)).pages].filter(([path]) => path !== indexPath);
    const problems = await checkDomainWiki({ domain, git: world.git, store: world.store });
    const count = (kind: string) => problems.filter((problem) => problem.kind === kind).length;
    const claims = pages.flatMap(([, page]) => page.claims);
    const records = await world.store.read(async (tx) => ({
      artifacts: await tx.artifacts.list({ domain: domain.name }),
      candidates: await tx.candidates.list({ domain: domain.name }),
      last: await tx.notes.get(`distill:${domain.name}`),
    }));
    const at = (records.last?.value as { at?: string } | undefined)?.at;
    stats.push({
      domain: domain.name,
      pages: pages.length,
      claims: claims.filter((claim) => !claim.superseded).length,
      superseded: claims.filter((claim) => claim.superseded).length,
      cited: claims.filter((claim) => !claim.superseded && claim.footnotes.length > 0).length,
      citations: pages.reduce((sum, [, page]) => sum + page.footnotes.length, 0),
      stale: count("citation-stale"),
      moved: count("citation-moved"),
      missing: count("citation-missing"),
      problems: problems.length,
      artifacts: records.artifacts.length,
      written: records.candidates.filter((candidate) => candidate.status === "written").length,
      inReview: records.candidates.filter((candidate) => candidate.status === "open" && candidate.route === "review").length,
      ...(at === undefined ? {} : { distilledAt: at }),
    });
  }
  return stats;
}
