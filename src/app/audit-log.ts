import { createHash } from "node:crypto";
import type { Event, LogVerification } from "../contract/event.ts";
import { Receipt } from "../contract/run.ts";
import { type AuditFinding, auditLane } from "../core/gate/audit-lane.ts";
import { type LandingRecord, type LaneStart, readLandingEvent, readLaneStart, readMergedEvent } from "../core/gate/landing-record.ts";
import { genesisHash } from "../core/log/event-hash.ts";
import type { Git, History } from "../port/git.ts";

/** A log that can be walked: the store's own, or a copy of it. */
export interface LogSource {
  /** The whole chain, or what came after a place where it was whole. Never throws for a broken one. */
  verify(after: LogMemory["place"]): Promise<LogVerification>;
  /** Oldest first, numbers above `since`; ends early where an event cannot be read. */
  events(since: number): AsyncIterable<readonly Event[]>;
}

/** A repository whose main is held against the log. */
export interface LaneSource {
  readonly lane: string;
  readonly gitDir: string;
  /** Where receipts begin, as somebody other than the log says. */
  readonly baseline?: string | undefined;
  /** Default: what the log says, then `main`. */
  readonly branch?: string | undefined;
}

export interface AuditSource {
  readonly git: Git;
  readonly log: LogSource;
  /** Asked once the log has been read as far as it goes. */
  lanes(memory: LogMemory): Promise<{ lanes: readonly LaneSource[]; unread: readonly UnreadLane[] }>;
  /** The store's copies of the receipts of a lane; absent where there is no store. */
  stored?(lane: string, commits: readonly string[]): Promise<ReadonlyMap<string, Receipt>>;
  /** Commits whose landing or adoption is under way: asked after the repositories were read and before the log is read again. */
  underWay?(lane: string): Promise<ReadonlySet<string>>;
}

export interface UnreadLane {
  readonly lane: string;
  readonly reason: string;
}

/** A landing whose receipt names a log that is not this one any more, or does not name one that can be read. */
export interface LostHead {
  readonly lane: string;
  /** The landing commit. */
  readonly receipt: string;
  readonly logHead?: string;
}

/** What `mos log verify` found. A public shape. */
export interface LogReport extends LogVerification {
  /** How many first-parent commits were held against their receipts, over all lanes. */
  readonly commits: number;
  /** How many receipts there are for them in git. */
  readonly receipts: number;
  readonly findings: readonly AuditFinding[];
  /** Those of the findings that say that the log is not the one that a receipt names. */
  readonly lostHeads: readonly LostHead[];
  /** Repositories that could not be read. */
  readonly unread: readonly UnreadLane[];
  /** Of copies: lanes of the log of which no repository was given. */
  readonly unasked?: readonly string[];
}

/** What was found whole before: only what came after is walked and read again. Filled by `auditLog`. */
export interface LogMemory {
  place: { readonly seq: number; readonly head: string } | undefined;
  /** Number of the last event that was read. */
  readTo: number;
  /** By hash, up to there. */
  readonly seqs: Map<string, number>;
  readonly lanes: Map<string, LaneMemory>;
  /** Tickets that were merged on the authority of a commit: by commit and ticket. */
  readonly merged: Map<string, number>;
  /** Receipts that fit: by lane and commit, with the blob's id. */
  readonly fit: Map<string, { readonly blob: string; readonly from?: string }>;
}

export interface LaneMemory {
  start: LaneStart | undefined;
  readonly records: Map<string, LandingRecord[]>;
}

export function createLogMemory(): LogMemory {
  return { place: undefined, readTo: 0, seqs: new Map([[genesisHash, 0]]), lanes: new Map(), merged: new Map(), fit: new Map() };
}

/**
 * Walks a chained log, and holds every first-parent commit of every main since its baseline against its receipt, and
 * receipts and log against one another (G2e, I8). Reads; writes nothing. Never throws for what is broken: it is in the report.
 *
 * @param memory  kept between calls: what it holds is not looked at again
 */
export async function auditLog(source: AuditSource, memory: LogMemory): Promise<LogReport> {
  await readEvents(source.log, memory);
  const seqBefore = memory.readTo;
  const { lanes, unread: unknown } = await source.lanes(memory);
  const unread: UnreadLane[] = [...unknown];
  const seen: SeenLane[] = [];
  for (const lane of lanes) {
    try {
      const one = await readLane(source, memory, lane);
      if (one) seen.push(one);
    } catch (error) {
      unread.push({ lane: lane.lane, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  // Before the log is read again: a landing is either still under way here, or stands in the log there.
  const underWay = await Promise.all(seen.map(({ lane }) => source.underWay?.(lane) ?? new Set<string>()));
  const chain = await source.log.verify(memory.place);
  await readEvents(source.log, memory);
  const findings: AuditFinding[] = [];
  let [commits, receipts] = [0, 0];
  for (const [index, lane] of seen.entries()) {
    const audit = await judgeLane(source, memory, { lane, seqBefore, underWay: underWay[index] as ReadonlySet<string> });
    findings.push(...audit.findings);
    commits += audit.commits;
    receipts += audit.receipts;
  }
  const lostHeads = findings
    .filter(({ problem }) => problem === "log-head")
    .map(({ lane, commit }) => {
      const receipt = seen.find((one) => one.lane === lane)?.receipts.get(commit);
      return { lane, receipt: commit, ...(receipt ? { logHead: receipt.logHead } : {}) };
    });
  // A broken log is walked from its beginning the next time too.
  if (chain.ok) memory.place = chain.events === 0 ? undefined : { seq: chain.events, head: chain.head };
  else Object.assign(memory, createLogMemory());
  const ok = chain.ok && findings.length === 0 && unread.length === 0;
  return { ...chain, ok, commits, receipts, findings, lostHeads, unread };
}

async function readEvents(log: LogSource, memory: LogMemory): Promise<void> {
  for await (const page of log.events(memory.readTo)) {
    for (const event of page) {
      if (event.seq <= memory.readTo) continue;
      memory.readTo = event.seq;
      memory.seqs.set(event.hash, event.seq);
      const record = readLandingEvent(event);
      if (record) keepRecord(laneOf(memory, record.lane), record);
      const begun = readLaneStart(event);
      if (begun) laneOf(memory, begun.lane).start = begun.start;
      const merged = readMergedEvent(event);
      if (merged) memory.merged.set(`${merged.commit} ${merged.ticket}`, merged.seq);
    }
  }
}

function laneOf(memory: LogMemory, name: string): LaneMemory {
  const lane = memory.lanes.get(name) ?? { start: undefined, records: new Map() };
  memory.lanes.set(name, lane);
  return lane;
}

/** A repository that came before events said where it begins: its first landing says it. */
function keepRecord(lane: LaneMemory, record: LandingRecord): void {
  lane.records.set(record.commit, [...(lane.records.get(record.commit) ?? []), record]);
  const { seq, baseline, branch } = record;
  if (lane.start === undefined && baseline !== undefined) lane.start = { seq, baseline, ...(branch === undefined ? {} : { branch }) };
}

interface SeenLane {
  readonly lane: string;
  readonly branch: string;
  readonly baseline: string;
  readonly tip: string;
  readonly commits: Awaited<ReturnType<History["commits"]>>;
  readonly before: ReadonlySet<string>;
  /** By commit: the id of the receipt's blob. */
  readonly blobs: ReadonlyMap<string, string>;
  readonly receipts: ReadonlyMap<string, Receipt | undefined>;
  /** The configuration's word on where receipts begin, where it is another than the log's. */
  readonly claimed?: string;
}

const receiptsPrefix = "refs/mos/receipts/";

async function readLane({ git }: AuditSource, memory: LogMemory, source: LaneSource): Promise<SeenLane | undefined> {
  const start = memory.lanes.get(source.lane)?.start;
  const branch = source.branch ?? start?.branch ?? "main";
  const baseline = start?.baseline ?? source.baseline;
  return git.readHistory(source.gitDir, async (history) => {
    const ref = `refs/heads/${branch}`;
    const tip = (await history.refs(ref)).find((one) => one.ref === ref)?.id;
    if (tip === undefined) throw new Error(`it has no branch ${branch}`);
    if (baseline === undefined) throw new Error("nothing says where its receipts begin: neither the log nor mos.yaml has its baseline");
    const refs = await history.refs(receiptsPrefix.slice(0, -1));
    const blobs = new Map(refs.map(({ ref: name, id }) => [name.slice(receiptsPrefix.length), id]));
    const commits = await history.commits({ to: tip, from: baseline });
    const fresh = [...blobs].filter(([commit, blob]) => memory.fit.get(`${source.lane} ${commit}`)?.blob !== blob);
    const texts = await history.readBlobs(fresh.map(([, blob]) => blob));
    const receipts = new Map(fresh.map(([commit], at) => [commit, parseReceipt(texts[at])]));
    const behind = new Set(commits.map(({ id }) => id));
    const loose = [...receipts.keys(), ...(memory.lanes.get(source.lane)?.records.keys() ?? [])].some((commit) => !behind.has(commit));
    const before = loose ? (await history.commits({ to: baseline, firstParent: true })).map(({ id }) => id) : [];
    const claimed = source.baseline !== undefined && source.baseline !== baseline ? { claimed: source.baseline } : {};
    return { lane: source.lane, branch, baseline, tip, commits, before: new Set(before), blobs, receipts, ...claimed };
  });
}

function parseReceipt(text: string | undefined): Receipt | undefined {
  try {
    return Receipt.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

async function judgeLane(
  source: AuditSource,
  memory: LogMemory,
  args: { lane: SeenLane; seqBefore: number; underWay: ReadonlySet<string> },
): Promise<{ findings: AuditFinding[]; commits: number; receipts: number }> {
  const { lane, seqBefore, underWay } = args;
  const records = new Map(memory.lanes.get(lane.lane)?.records);
  for (const [commit, receipt] of lane.receipts) {
    const record = receipt && readOldAdoption(memory, receipt);
    if (record && !records.has(commit)) records.set(commit, [record]);
  }
  const behind = new Set(lane.commits.map(({ id }) => id));
  // What landed after main was looked at is no loss.
  for (const [commit, [record]] of records) if ((record?.seq ?? 0) > seqBefore && !behind.has(commit)) records.delete(commit);
  const known = new Map(
    [...lane.blobs.keys()]
      .filter((commit) => !lane.receipts.has(commit))
      .map((commit) => [commit, memory.fit.get(`${lane.lane} ${commit}`) ?? {}]),
  );
  const fresh = [...lane.receipts.keys()].filter((commit) => behind.has(commit));
  const stored = await source.stored?.(lane.lane, fresh);
  const audit = auditLane({
    ...lane,
    commits: new Map(lane.commits.map((commit) => [commit.id, commit])),
    known,
    records,
    ...(stored ? { stored } : {}),
    seqOf: (hash) => memory.seqs.get(hash),
    isBefore: (commit) => lane.before.has(commit),
    isUnderWay: (commit) => underWay.has(commit),
    sha256,
  });
  for (const commit of audit.fit) {
    const receipt = lane.receipts.get(commit);
    const blob = lane.blobs.get(commit);
    if (receipt && blob) memory.fit.set(`${lane.lane} ${commit}`, { blob, ...(receipt.from === undefined ? {} : { from: receipt.from }) });
  }
  const receipts = [...lane.blobs.keys()].filter((commit) => behind.has(commit)).length;
  return { findings: [...explainClaim(lane), ...audit.findings], commits: audit.commits, receipts };
}

function explainClaim({ lane, baseline, claimed, branch }: SeenLane): AuditFinding[] {
  if (claimed === undefined) return [];
  const reason = `receipts are said to begin at ${claimed.slice(0, 12)}, and the log has them begin at ${baseline.slice(0, 12)}`;
  const remedy = `Write the log's baseline of ${branch} into mos.yaml: ${baseline}`;
  return [{ lane, commit: claimed, problem: "baseline", reason, remedy }];
}

/** An adoption from before it had a line of its own in the log: its ticket's line names the commit, and no more. */
function readOldAdoption(memory: LogMemory, receipt: Receipt): LandingRecord | undefined {
  const { lane, tickets, commit, base, tree, from } = receipt;
  const seq = memory.merged.get(`${commit} ${tickets[0]}`);
  return seq === undefined || from === undefined || from !== base ? undefined : { seq, lane, tickets, commit, base, tree, from };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
