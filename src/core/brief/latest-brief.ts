import { z } from "zod";
import type { Brief } from "../../contract/brief.ts";
import type { StoreReader, StoreWriter } from "../../port/store.ts";
import type { ScoutParts } from "./list-parts.ts";

const Latest = z.object({ brief: z.string(), parts: z.record(z.string(), z.string()), seq: z.int() });

/** A domain's latest brief. */
export interface LatestBrief {
  readonly brief: Brief;
  /** Digests of what it was made from. */
  readonly parts: ScoutParts;
  /** Place in the log up to which the domain has been looked at: what the operator does later is news. */
  readonly seq: number;
}

/** Briefs of a domain that are kept; older ones go. */
const keptMax = 20;

/** The latest brief of a domain, in two reads however many there are. */
export async function readLatestBrief(tx: StoreReader, domain: string): Promise<LatestBrief | undefined> {
  const note = Latest.safeParse((await tx.notes.get(`brief:${domain}`))?.value);
  const brief = note.success ? await tx.briefs.get(note.data.brief) : undefined;
  return brief === undefined || !note.success ? undefined : { brief, parts: note.data.parts, seq: note.data.seq };
}

/** Keeps a brief as its domain's latest. Putting the same id again replaces it. */
export async function putLatestBrief(tx: StoreWriter, { brief, parts, seq }: LatestBrief): Promise<void> {
  await tx.briefs.put(brief);
  await tx.notes.put({ id: `brief:${brief.domain}`, value: { brief: brief.id, parts, seq } });
  const others = (await tx.briefs.list({ domain: brief.domain })).filter((old) => old.id !== brief.id);
  for (const old of others.slice(0, Math.max(0, others.length + 1 - keptMax))) await tx.briefs.remove(old.id);
}

/** Notes that a domain was looked at and had nothing new. */
export async function markSeen(tx: StoreWriter, latest: LatestBrief, seq: number): Promise<void> {
  await tx.notes.put({ id: `brief:${latest.brief.domain}`, value: { brief: latest.brief.id, parts: latest.parts, seq } });
}
