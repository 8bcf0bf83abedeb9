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

/** What was found whole before: only what came after is walked and read again. Filled by `verifyLog`. */
export interface LogMemory {
  place: { readonly seq: number; readonly head: string } | undefined;
  /** Of every event up to there. */
  readonly hashes: Set<string>;
  /** Ids of the receipts' blobs that fit. */
  readonly receipts: Set<string>;
}

export function createLogMemory(): LogMemory {
  return { place: undefined, hashes: new Set([genesisHash]), receipts: new Set() };
}

/**
 * Walks the chained log, then holds it against the receipts in every repository: each names the log's head at its test, so a
 * log that was rewritten as a whole, chain and all, is found as well (I8). Receipts from before a repository's baseline
 * belong to another workspace's log. Never throws for a broken log.
 *
 * @param memory  kept between calls: what it holds is not looked at again
 */
export async function verifyLog(world: World, memory: LogMemory = createLogMemory()): Promise<LogReport> {
  const repos = [...world.workspace.domains, world.workspace.operator].flatMap((domain) => domain.repos);
  const lostHeads: LostHead[] = [];
  const unread: { lane: string; reason: string }[] = [];
  let receipts = 0;
  // Receipts first: a head that one names is in the log by the time that the log is read.
  const heads: ReceiptHead[] = [];
  for (const repo of repos) {
    try {
      heads.push(...(await readReceiptHeads(world, repo, memory)));
    } catch (error) {
      unread.push({ lane: repo.lane, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const chain = await world.store.verifyLog(memory.place);
  const end = await readHashes(world, memory);
  for (const { blob, known, ...head } of heads) {
    receipts += 1;
    if (known) continue;
    if (head.logHead === undefined || !memory.hashes.has(head.logHead)) lostHeads.push(head);
    else memory.receipts.add(blob);
  }
  // A broken log is walked from its beginning the next time too; so are events that came while this looked.
  memory.place = chain.ok && end?.head === chain.head ? end : chain.ok ? memory.place : undefined;
  return { ...chain, ok: chain.ok && lostHeads.length === 0, receipts, lostHeads, unread };
}

/** Every hash that came into the log, as far as it can be read; gives where that is. */
async function readHashes(world: World, memory: LogMemory): Promise<LogMemory["place"]> {
  let end = memory.place;
  try {
    await world.store.read(async (tx) => {
      for (let since: number | undefined = end?.seq ?? 0; since !== undefined; ) {
        const page = await tx.events({ since, limit: 1000 });
        for (const event of page) memory.hashes.add(event.hash);
        const last = page.at(-1);
        since = last?.seq;
        if (last) end = { seq: last.seq, head: last.hash };
      }
    });
  } catch (error) {
    if (!(error instanceof MosError) || error.code !== "store-corrupt") throw error;
    return undefined;
  }
  return end;
}

interface ReceiptHead extends LostHead {
  readonly blob: string;
  /** It was found to fit before. */
  readonly known: boolean;
}

/** The receipts that this workspace's landings since the baseline left in the repository. */
async function readReceiptHeads(world: World, repo: RepoHandle, memory: LogMemory): Promise<ReceiptHead[]> {
  const git = world.git.at(repo.path);
  const refs = await git.refs("refs/mos/receipts/");
  if (refs.length === 0) return [];
  const range = repo.baseline === undefined ? `refs/heads/${repo.branch}` : `${repo.baseline}..refs/heads/${repo.branch}`;
  const landed = new Set((await git.run(["rev-list", "--first-parent", range])).stdout.split("\n"));
  const owed = refs
    .map(({ ref, id }) => ({ commit: ref.slice("refs/mos/receipts/".length), id }))
    .filter(({ commit }) => landed.has(commit));
  const fresh = owed.filter(({ id }) => !memory.receipts.has(id));
  const texts = await world.git.at(repo.path).readBlobs(fresh.map(({ id }) => id));
  return owed.map(({ commit, id }) => {
    const receipt = parseReceipt(texts[fresh.findIndex((one) => one.id === id)]);
    return { lane: repo.lane, receipt: commit, blob: id, known: memory.receipts.has(id), ...(receipt ? { logHead: receipt.logHead } : {}) };
  });
}

function parseReceipt(text: string | undefined): Receipt | undefined {
  try {
    return Receipt.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}
