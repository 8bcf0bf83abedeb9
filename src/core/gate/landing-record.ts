import { z } from "zod";
import type { RepoConfig } from "../../contract/config.ts";
import type { Event, EventInput } from "../../contract/event.ts";
import { CommitId, TicketId } from "../../contract/id.ts";
import type { Receipt } from "../../contract/run.ts";
import { canonicalJson } from "../log/canonical-json.ts";
import type { Sha256 } from "../log/event-hash.ts";

/** The hash by which log and receipt vouch for one another: of what the receipt says, not of how it is written. */
export function hashReceipt(receipt: Receipt, sha256: Sha256): string {
  return sha256(canonicalJson(receipt));
}

const Landed = z.object({
  lane: z.string(),
  tickets: z.array(TicketId).min(1),
  commit: CommitId,
  base: CommitId,
  tree: CommitId,
  from: CommitId.optional(),
  /** Of the receipt. Events of older versions have none of these three. */
  receipt: z.string().optional(),
  baseline: CommitId.optional(),
  branch: z.string().optional(),
});

/** What the log says of one landing or adoption. */
export type LandingRecord = z.infer<typeof Landed> & { readonly seq: number };

/** The line of the log for a landing, or for a tip that was adopted in place. */
export function writeLandingEvent(args: {
  receipt: Receipt;
  repo: Pick<RepoConfig, "baseline" | "branch"> | undefined;
  sha256: Sha256;
}): EventInput {
  const { receipt, repo } = args;
  const { lane, tickets, commit, base, tree, from } = receipt;
  return {
    kind: "gate.landed",
    domain: lane.split("/")[0] ?? lane,
    actor: "mos",
    authority: receipt.id,
    reason: describeLanding(receipt),
    data: {
      lane,
      tickets,
      commit,
      base,
      tree,
      ...(from === undefined ? {} : { from }),
      receipt: hashReceipt(receipt, args.sha256),
      ...(repo?.baseline === undefined ? {} : { baseline: repo.baseline }),
      ...(repo === undefined ? {} : { branch: repo.branch }),
    },
  };
}

export function describeLanding(receipt: Receipt): string {
  return `${receipt.tickets.join(", ")} landed on ${receipt.lane} as ${receipt.commit.slice(0, 12)}`;
}

/** `undefined` for an event that is about something else. */
export function readLandingEvent(event: Event): LandingRecord | undefined {
  if (event.kind !== "gate.landed") return undefined;
  const data = Landed.safeParse(event.data).data;
  return data && { ...data, seq: event.seq };
}

/** Before adoptions had a line of their own, the ticket's was all: the commit stands in it as the authority. */
export function readMergedEvent(event: Event): { ticket: string; commit: string; seq: number } | undefined {
  if (event.kind !== "ticket.merged" || event.ticket === undefined || event.authority === undefined) return undefined;
  return { ticket: event.ticket, commit: event.authority, seq: event.seq };
}

/** Where the log says that receipts begin to be owed. */
export interface LaneStart {
  readonly seq: number;
  readonly baseline: string;
  readonly branch?: string;
}

const Begun = z.object({ baseline: CommitId, branch: z.string().optional(), repo: z.string().optional(), path: z.string().optional() });

/** A repository that came to the workspace: its lane, and where receipts begin. */
export function readLaneStart(event: Event): { lane: string; start: LaneStart } | undefined {
  if (event.kind !== "domain.added" && event.kind !== "domain.attached") return undefined;
  const data = Begun.safeParse(event.data).data;
  if (!data || event.domain === undefined) return undefined;
  const lane = event.kind === "domain.attached" ? `${event.domain}/${data.repo}` : event.domain;
  return { lane, start: { seq: event.seq, baseline: data.baseline, ...(data.branch === undefined ? {} : { branch: data.branch }) } };
}
