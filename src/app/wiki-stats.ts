import type { Domain } from "../contract/config.ts";
import { checkDomainWiki } from "../core/knowledge/check-wiki.ts";
import { countWiki, type WikiCount } from "../core/knowledge/count-wiki.ts";
import { readWiki } from "../core/knowledge/read-wiki.ts";
import type { Repo } from "../port/git.ts";
import type { World } from "../port/world.ts";
import { settleCandidates } from "../stage/distill/settle-candidates.ts";
import { chooseDomains } from "./check-wiki.ts";

const daysDefault = 14;
/** Landings that are looked through for the days; older ones are not shown. */
const commitsMax = 20_000;

/** One wiki as the last commit of a day (UTC) on the first-parent history of its home left it, checked against that day's tree. */
export interface WikiDay extends WikiCount {
  readonly day: string;
  readonly commit: string;
}

/** `mos wiki stats`, for one domain. */
export interface WikiStats extends WikiCount {
  readonly domain: string;
  /** All that `mos wiki check` says. */
  readonly problems: number;
  /** Of distillation, since the beginning. */
  readonly artifacts: number;
  readonly written: number;
  readonly inReview: number;
  /** When it last ran here. */
  readonly distilledAt?: string;
  /** Days on which main moved, the oldest first, at most as many as were asked for. */
  readonly days: readonly WikiDay[];
}

/** Figures of one wiki, or of all. Reads only, but for candidates whose ticket has ended. `days`: how many; 14 where not said. */
export async function readWikiStats(world: World, args: { domain?: string; days?: number } = {}): Promise<WikiStats[]> {
  const stats: WikiStats[] = [];
  const { days = daysDefault, ...where } = args;
  await settleCandidates(world, where);
  for (const domain of chooseDomains(world, where.domain)) {
    if (where.domain === undefined && !(await world.git.isRepository(domain.home.path))) continue;
    const repo = world.git.at(domain.home.path);
    const tip = await repo.resolve(`refs/heads/${domain.home.branch}^{commit}`);
    const now = tip === undefined ? { count: countWiki(noWiki, []), problems: 0 } : await countAt(world, domain, tip);
    const history = tip === undefined ? [] : await listDays(repo, tip, days);
    const counted: WikiDay[] = [];
    for (const { day, commit } of history) {
      world.signal.throwIfAborted();
      counted.push({ day, commit, ...(commit === tip ? now : await countAt(world, domain, commit)).count });
    }
    const records = await world.store.read(async (tx) => ({
      artifacts: await tx.artifacts.list({ domain: domain.name }),
      candidates: await tx.candidates.list({ domain: domain.name }),
      last: await tx.notes.get(`distill:${domain.name}`),
    }));
    const at = (records.last?.value as { at?: string } | undefined)?.at;
    stats.push({
      domain: domain.name,
      ...now.count,
      problems: now.problems,
      artifacts: records.artifacts.length,
      written: records.candidates.filter((candidate) => candidate.status === "written").length,
      inReview: records.candidates.filter((candidate) => candidate.status === "open" && candidate.route === "review").length,
      ...(at === undefined ? {} : { distilledAt: at }),
      days: counted,
    });
  }
  return stats;
}

const noWiki: Parameters<typeof countWiki>[0] = { pages: new Map(), sidecars: new Map(), has: () => false };

async function countAt(world: World, domain: Domain, commit: string): Promise<{ count: WikiCount; problems: number }> {
  const files = await readWiki(world.git.at(domain.home.path), commit);
  if (files.pages.size === 0) return { count: countWiki(files, []), problems: 0 };
  const problems = await checkDomainWiki({ domain, git: world.git, store: world.store, treeish: commit });
  return { count: countWiki(files, problems), problems: problems.length };
}

/** Each day's last commit, of the newest days. */
async function listDays(repo: Repo, tip: string, daysMax: number): Promise<{ day: string; commit: string }[]> {
  if (daysMax < 1) return [];
  const { stdout } = await repo.run(["log", "--first-parent", `--max-count=${commitsMax}`, "--format=%H %ct", tip, "--"]);
  const last = new Map<string, string>();
  for (const row of stdout.split("\n")) {
    const [commit = "", seconds = ""] = row.split(" ");
    if (commit === "" || seconds === "") continue;
    const day = new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
    if (last.has(day)) continue;
    // Clocks differ: a commit may be dated before its parent. Days are told by what they say, the newest of them are kept.
    last.set(day, commit);
  }
  const days = [...last].map(([day, commit]) => ({ day, commit })).sort((a, b) => (a.day < b.day ? -1 : 1));
  return days.slice(-daysMax);
}
