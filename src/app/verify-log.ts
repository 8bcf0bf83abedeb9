import type { RepoHandle } from "../contract/config.ts";
import { MosError } from "../contract/error.ts";
import type { LogVerification } from "../contract/event.ts";
import { Receipt } from "../contract/run.ts";
import { genesisHash } from "../core/log/event-hash.ts";
import type { World } from "../port/world.ts";

/** A landing whose receipt names a log that is not this one any more, or does not name one that can be read. */
export interface LostHead {
  readonly lane: string;
  /** The landing commit. */
  readonly receipt: string;
  readonly logHead?: string;
}

/** What `mos log verify` found. A public shape. */
export interface LogReport extends LogVerification {
  /** How many receipts in git were held against the log. */
  readonly receipts: number;
  readonly lostHeads: readonly LostHead[];
  /** Repositories whose receipts could not be read: the doctor says more of them. */
  readonly unread: readonly { readonly lane: string; readonly reason: string }[];
}

/**
 * Walks the chained log, then holds it against the receipts in every repository: each names the log's head at its test, so a
 * log that was rewritten as a whole, chain and all, is found as well (I8). Receipts from before a repository's baseline
 * belong to another workspace's log. Never throws for a broken log.
 */
export async function verifyLog(world: World): Promise<LogReport> {
  const repos = [...world.workspace.domains, world.workspace.operator].flatMap((domain) => domain.repos);
  const lostHeads: LostHead[] = [];
  const unread: { lane: string; reason: string }[] = [];
  let receipts = 0;
  // Receipts first: a head that one names is in the log by the time that the log is read.
  const heads: LostHead[] = [];
  for (const repo of repos) {
    try {
      heads.push(...(await readReceiptHeads(world, repo)));
    } catch (error) {
      unread.push({ lane: repo.lane, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const chain = await world.store.verifyLog();
  const known = await readHashes(world);
  for (const head of heads) {
    receipts += 1;
    if (head.logHead === undefined || !known.has(head.logHead)) lostHeads.push(head);
  }
  return { ...chain, ok: chain.ok && lostHeads.length === 0, receipts, lostHeads, unread };
}

/** Every hash in the log, as far as it can be read. */
async function readHashes(world: World): Promise<Set<string>> {
  const known = new Set([genesisHash]);
  try {
    await world.store.read(async (tx) => {
      for (let since: number | undefined = 0; since !== undefined; ) {
        const page = await tx.events({ since, limit: 1000 });
        for (const event of page) known.add(event.hash);
        since = page.at(-1)?.seq;
      }
    });
  } catch (error) {
    if (!(error instanceof MosError) || error.code !== "store-corrupt") throw error;
  }
  return known;
}

/** The receipts that this workspace's landings since the baseline left in the repository. */
async function readReceiptHeads(world: World, repo: RepoHandle): Promise<LostHead[]> {
  const git = world.git.at(repo.path);
  const refs = await git.refs("refs/mos/receipts/");
  if (refs.length === 0) return [];
  const range = repo.baseline === undefined ? `refs/heads/${repo.branch}` : `${repo.baseline}..refs/heads/${repo.branch}`;
  const landed = new Set((await git.run(["rev-list", "--first-parent", range])).stdout.split("\n"));
  const owed = refs
    .map(({ ref, id }) => ({ commit: ref.slice("refs/mos/receipts/".length), id }))
    .filter(({ commit }) => landed.has(commit));
  const texts = await readBlobs(
    world,
    repo,
    owed.map(({ id }) => id),
  );
  return owed.map(({ commit }, index) => {
    const receipt = parseReceipt(texts[index]);
    return { lane: repo.lane, receipt: commit, ...(receipt ? { logHead: receipt.logHead } : {}) };
  });
}

function parseReceipt(text: string | undefined): Receipt | undefined {
  try {
    return Receipt.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

/** Many blobs by one process. Absent ones come as the empty text. */
async function readBlobs(world: World, repo: RepoHandle, ids: readonly string[]): Promise<string[]> {
  const { stdout } = await world.git.at(repo.path).run(["cat-file", "--batch"], { input: `${ids.join("\n")}\n` });
  const bytes = Buffer.from(stdout, "utf8");
  const texts: string[] = [];
  for (let at = 0; texts.length < ids.length; ) {
    const lineEnd = bytes.indexOf("\n", at);
    if (lineEnd < 0) break;
    const size = /^[0-9a-f]+ [a-z]+ (\d+)$/.exec(bytes.toString("utf8", at, lineEnd))?.[1];
    const start = lineEnd + 1;
    texts.push(size === undefined ? "" : bytes.toString("utf8", start, start + Number(size)));
    at = size === undefined ? start : start + Number(size) + 1;
  }
  return texts;
}
