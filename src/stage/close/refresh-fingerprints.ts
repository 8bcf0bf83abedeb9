import type { Brief } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import { type LatestBrief, putLatestBrief, readLatestBrief } from "../../core/brief/latest-brief.ts";
import type { ScoutParts } from "../../core/brief/list-parts.ts";
import type { StoreWriter } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

/** How facts are taken: the scout's own way, put in because stages do not know one another. */
export interface FactTaking {
  readonly gatherInputs: (
    world: World,
    domain: Domain,
  ) => Promise<{ heads: Readonly<Record<string, string>>; parts: ScoutParts; fingerprint: string }>;
  /** The same brief with facts, questions, heads and `freshUntil` as they are now. Runs no model. */
  readonly retakeBrief: (world: World, args: { domain: Domain; brief: Brief; heads: Readonly<Record<string, string>> }) => Promise<Brief>;
}

/** A brief to be stored with the end of the session. */
export interface RefreshedBrief {
  readonly latest: LatestBrief;
  /** Version that was read: a brief written meanwhile goes first. */
  readonly was: LatestBrief;
}

/**
 * Takes facts and fingerprints again after the session's last landing, so that its own landings are no news (S7). What
 * others did meanwhile stays news, and that domain's fingerprint stays as it was: a commit of main without a receipt, a
 * ticket that the operator changed, another configuration or playbook. Nothing is written: `storeRefreshed` does that,
 * in the transaction that ends the session, so that a crash before it repeats the taking.
 */
export async function refreshFingerprints(world: World, taking: FactTaking & { domains?: readonly string[] }): Promise<RefreshedBrief[]> {
  const refreshed: RefreshedBrief[] = [];
  for (const domain of [...world.workspace.domains, world.workspace.operator]) {
    world.signal.throwIfAborted();
    // One that this session did not look at has news, not landings of its own.
    if (taking.domains?.includes(domain.name) === false) continue;
    const was = await world.store.read((tx) => readLatestBrief(tx, domain.name));
    if (was === undefined) continue;
    const inputs = await taking.gatherInputs(world, domain);
    if (inputs.fingerprint === was.brief.fingerprint) continue;
    const foreign = await findForeignNews(world, { domain, was, ...inputs });
    if (foreign !== undefined) {
      world.report({ stage: "close", domain: domain.name, state: "update", text: `${domain.name}: ${foreign}; scouted next time` });
      continue;
    }
    const brief = await taking.retakeBrief(world, { domain, brief: was.brief, heads: inputs.heads });
    refreshed.push({ was, latest: { brief: { ...brief, fingerprint: inputs.fingerprint }, parts: inputs.parts, seq: was.seq } });
  }
  return refreshed;
}

/** Stores what `refreshFingerprints` took, save where another session wrote a brief meanwhile. */
export async function storeRefreshed(tx: StoreWriter, refreshed: readonly RefreshedBrief[], session: string): Promise<void> {
  for (const { latest, was } of refreshed) {
    const now = await readLatestBrief(tx, latest.brief.domain);
    if (now?.brief.id !== was.brief.id || now.brief.fingerprint !== was.brief.fingerprint) continue;
    const data = { brief: latest.brief.id, fingerprint: latest.brief.fingerprint };
    const reason = "facts taken again after the session's own landings";
    const { seq } = await tx.append({
      kind: "brief.refreshed",
      domain: latest.brief.domain,
      actor: "mos",
      authority: session,
      reason,
      data,
    });
    await putLatestBrief(tx, { ...latest, seq });
  }
}

async function findForeignNews(
  world: World,
  args: { domain: Domain; was: LatestBrief; heads: Readonly<Record<string, string>>; parts: ScoutParts },
): Promise<string | undefined> {
  const { domain, was, heads, parts } = args;
  const own = new Set(["tickets", "checks", ...domain.repos.map((repo) => `main of ${repo.name}`)]);
  const names = new Set([...Object.keys(was.parts), ...Object.keys(parts)]);
  const other = [...names].filter((name) => was.parts[name] !== parts[name] && !own.has(name));
  if (other.length > 0) return `${other.join(", ")} changed during the session`;
  for (const repo of domain.repos) {
    const head = heads[repo.name];
    const before = was.brief.heads[repo.name];
    if (head === before) continue;
    if (head === undefined || before === undefined) return `${repo.lane}: ${repo.branch} was replaced`;
    const receipts = await world.store.read((tx) => tx.receipts.list({ lane: repo.lane }));
    const landed = new Set(receipts.map((receipt) => receipt.commit));
    const git = world.git.at(repo.path);
    if (!(await git.isAncestor({ ancestor: before, descendant: head }))) return `${repo.lane}: ${repo.branch} was rewritten`;
    const stranger = (await git.log(`${before}..${head}`, { firstParent: true })).find((commit) => !landed.has(commit.id));
    if (stranger !== undefined) return `${repo.lane}: ${stranger.id.slice(0, 12)} came without a receipt`;
  }
  const since = await world.store.read((tx) => tx.events({ domain: domain.name, since: was.seq }));
  const touched = since.find(({ actor, kind }) => (actor === "operator" || actor === "orchestrator") && kind.startsWith("ticket."));
  return touched === undefined ? undefined : `the ${touched.actor} changed ${touched.ticket ?? "a ticket"}`;
}
