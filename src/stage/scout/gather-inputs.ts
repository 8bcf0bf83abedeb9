import { createHash } from "node:crypto";
import type { Domain } from "../../contract/config.ts";
import { listParts, type ScoutParts } from "../../core/brief/list-parts.ts";
import type { World } from "../../port/world.ts";
import { readBaseRuns } from "./read-checks.ts";

/** The scout's version: raised when the same inputs would give another brief. */
export const scoutVersion = "local/1";

/** The inputs of a domain's scout as they are now. */
export interface GatheredInputs {
  readonly heads: Readonly<Record<string, string>>;
  /** Digests by kind of input. */
  readonly parts: ScoutParts;
  readonly fingerprint: string;
}

/**
 * Reads what a scout of this domain is shown and digests it (S1). Costs one git call a repository; no file of a domain is
 * opened, because threads, wiki and DOMAIN.md lie in the trees of the heads.
 */
export async function gatherInputs(world: World, domain: Domain): Promise<GatheredInputs> {
  const heads = await readHeads(world, domain);
  const { tickets, checks } = await world.store.read(async (tx) => ({
    tickets: await tx.tickets.list({ domain: domain.name }),
    checks: await readBaseRuns(tx, domain),
  }));
  const { config } = world.workspace;
  const judge = await describeJudge(world, domain.name);
  const texts = listParts({
    scout: scoutVersion,
    heads: Object.fromEntries(domain.repos.map((repo) => [repo.name, heads[repo.name] ?? ""])),
    tickets,
    checks,
    config: config.domains[domain.name] ?? { ...config.operator },
    playbooks: world.playbooks,
    ...(judge === undefined ? {} : { judge }),
  });
  const parts = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, digest(text)]));
  const whole = Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1));
  return { heads, parts, fingerprint: digest(JSON.stringify(whole)) };
}

/** Who judges and how; and who would do and judge what comes of it, which the judge is told. */
async function describeJudge({ roles }: World, domain: string): Promise<string | undefined> {
  const scout = await roles.fingerprint("scout", domain);
  if (scout === undefined) return undefined;
  const others = (["executor", "verifier"] as const).map((role) => roles.choose(role, domain)?.runtime ?? "");
  return [scout, ...others].join(" ");
}

/** The commit of each repository's branch; an unborn branch has none. */
export async function readHeads(world: World, domain: Domain): Promise<Record<string, string>> {
  const found = await Promise.all(
    domain.repos.map(async (repo) => [repo.name, await world.git.at(repo.path).resolve(`refs/heads/${repo.branch}`)] as const),
  );
  return Object.fromEntries(found.flatMap(([name, id]) => (id === undefined ? [] : [[name, id]])));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
