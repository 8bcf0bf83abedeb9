import type { Receipt } from "../../contract/run.ts";
import type { HistoryCommit } from "../../port/git.ts";
import { genesisHash, type Sha256 } from "../log/event-hash.ts";
import type { LandingRecord } from "./landing-record.ts";
import { hashReceipt } from "./landing-record.ts";

export type AuditProblem =
  /** No receipt covers it. */
  | "no-receipt"
  /** The log knows nothing of a landing for which there is a receipt. */
  | "forged"
  /** The receipt is another commit's or another lane's. */
  | "replayed"
  /** Receipt, commit, log and store do not say the same. */
  | "changed"
  /** The receipt names a log that this is not. */
  | "log-head"
  /** The log says that it landed, and main does not have it. */
  | "lost"
  /** A receipt for a commit that main does not have. */
  | "stray"
  /** Where receipts begin is not where the log says, or main does not lead there. */
  | "baseline";

export interface AuditFinding {
  readonly lane: string;
  readonly commit: string;
  readonly problem: AuditProblem;
  readonly reason: string;
  readonly remedy: string;
}

/** All that is known of one lane. Nothing in it is believed before it was held against the rest. */
export interface LaneFacts {
  readonly lane: string;
  readonly branch: string;
  readonly baseline: string;
  readonly tip: string;
  /** All commits behind the tip that are not behind the baseline. */
  readonly commits: ReadonlyMap<string, HistoryCommit>;
  /** By the commit that the receipt's ref names; `undefined` where the blob is no receipt. */
  readonly receipts: ReadonlyMap<string, Receipt | undefined>;
  /** Receipts that were found to fit before and are the same still. */
  readonly known: ReadonlyMap<string, { readonly from?: string }>;
  /** The log's landings and adoptions of this lane, by commit. */
  readonly records: ReadonlyMap<string, readonly LandingRecord[]>;
  /** Number of the log's event with this hash; 0 for the beginning. */
  seqOf(hash: string): number | undefined;
  /** The store's copies; absent where there is only a copy of the log. */
  readonly stored?: ReadonlyMap<string, Receipt>;
  /** Landed before the baseline of a repository that was added anew. */
  isBefore(commit: string): boolean;
  /** Landings under way: recovery answers for them. */
  isUnderWay(commit: string): boolean;
  readonly sha256: Sha256;
}

export interface LaneAudit {
  readonly findings: readonly AuditFinding[];
  /** Landed commits with a receipt that fits. */
  readonly fit: readonly string[];
  /** First-parent commits that were looked at. */
  readonly commits: number;
}

/**
 * Holds every first-parent commit of a main since its baseline against its receipt, and receipts and log against one another
 * (G2e). Linear in the commits. Pure: the same facts give the same findings.
 */
export function auditLane(facts: LaneFacts): LaneAudit {
  const line = walkLine(facts);
  const place = new Map(line.map((id, at) => [id, at]));
  const findings: AuditFinding[] = [];
  const find = (commit: string, problem: AuditProblem, reason: string) => {
    if (!facts.isUnderWay(commit)) findings.push({ lane: facts.lane, commit, problem, reason, remedy: remedyOf(facts, commit, problem) });
  };
  const end = line.length === 0 ? facts.tip : facts.commits.get(line[0] as string)?.parents[0];
  if (end !== facts.baseline) find(facts.baseline, "baseline", `the first parents of ${facts.branch} do not lead to its baseline`);
  const fit: string[] = [];
  const covered = new Map<string, string>();
  const brought = createBrought(facts);
  for (const [at, id] of line.entries()) {
    const commit = facts.commits.get(id) as HistoryCommit;
    const isBehind = brought(commit);
    const receipt = facts.receipts.get(id);
    if (!facts.receipts.has(id) && !facts.known.has(id)) continue;
    const problem = facts.known.has(id) ? undefined : judgeReceipt(facts, { commit, receipt, isBehind });
    if (problem) find(id, problem.problem, problem.reason);
    else fit.push(id);
    covered.set(id, id);
    const from = facts.known.has(id) ? facts.known.get(id)?.from : problem?.problem === "replayed" ? undefined : receipt?.from;
    if (from === undefined) continue;
    const begin = from === facts.baseline ? -1 : place.get(from);
    if (begin === undefined || begin >= at) {
      find(id, "changed", `its receipt covers from ${short(from)}, which does not lie before it on ${facts.branch}`);
      continue;
    }
    for (const between of line.slice(begin + 1, at)) {
      const other = covered.get(between);
      if (other === undefined) covered.set(between, id);
      else {
        find(id, "changed", `its receipt covers ${short(between)} too, which has one of its own or lies in another's range`);
        break;
      }
    }
  }
  for (const id of line) if (!covered.has(id)) find(id, "no-receipt", explainUncovered(facts, id));
  for (const [id] of facts.receipts) {
    if (!place.has(id) && !facts.isBefore(id)) find(id, "stray", `a receipt for ${short(id)}, which ${facts.branch} does not have`);
  }
  for (const [id, records] of facts.records) {
    const seq = records[0]?.seq;
    if (!place.has(id) && !facts.isBefore(id))
      find(id, "lost", `landed as event ${seq} of the log says, and ${facts.branch} does not have it`);
  }
  return { findings, fit, commits: line.length };
}

/** The first parents from the baseline on, oldest first. */
function walkLine({ tip, commits }: LaneFacts): string[] {
  const line: string[] = [];
  for (let at = commits.get(tip); at !== undefined; at = commits.get(at.parents[0] ?? "")) line.push(at.id);
  return line.reverse();
}

/** For the commits of the line in their order: whether another came to main with this very one. Every commit is walked once. */
function createBrought({ commits }: LaneFacts): (commit: HistoryCommit) => (other: string) => boolean {
  const seen = new Set<string>();
  return (commit) => {
    const now = new Set<string>([commit.id]);
    const open = commit.parents.slice(1);
    seen.add(commit.id);
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const behind = commits.get(id);
      if (!behind || seen.has(id)) continue;
      seen.add(id);
      now.add(id);
      open.push(...behind.parents);
    }
    return (other) => now.has(other);
  };
}

type Judged = { problem: AuditProblem; reason: string };

/** What is wrong with the receipt of one landed commit: the first thing that a person would want to know. */
function judgeReceipt(
  facts: LaneFacts,
  args: { commit: HistoryCommit; receipt: Receipt | undefined; isBehind: (id: string) => boolean },
): Judged | undefined {
  const { commit, receipt, isBehind } = args;
  const records = facts.records.get(commit.id) ?? [];
  if (!receipt) return { problem: "forged", reason: "what lies in its receipt's place is no receipt" };
  if (receipt.commit !== commit.id || receipt.id !== commit.id)
    return { problem: "replayed", reason: `its receipt is that of ${short(receipt.commit)}` };
  if (receipt.lane !== facts.lane) return { problem: "replayed", reason: `its receipt is of the lane ${receipt.lane.slice(0, 100)}` };
  const [record] = records;
  const head = receipt.logHead === genesisHash ? 0 : facts.seqOf(receipt.logHead);
  if (!record && head === undefined)
    return { problem: "log-head", reason: "its receipt names a log that this is not, and this one knows no landing of it" };
  if (!record) return { problem: "forged", reason: "no landing of it stands in the log: the lander did not write its receipt" };
  const wrong = findDifference(facts, { commit, receipt, record, isBehind });
  if (wrong) return { problem: "changed", reason: wrong };
  if (head === undefined) return { problem: "log-head", reason: "its receipt names a log that this is not" };
  if (head >= record.seq)
    return { problem: "log-head", reason: `its receipt names event ${head} as the log's end, and it landed as event ${record.seq}` };
  return undefined;
}

function findDifference(
  facts: LaneFacts,
  args: { commit: HistoryCommit; receipt: Receipt; record: LandingRecord; isBehind: (id: string) => boolean },
): string | undefined {
  const { commit, receipt, record, isBehind } = args;
  const { tree, base, from, tickets, heads } = receipt;
  if (tree !== commit.tree) return `its receipt is for the tree ${short(tree)}, and it holds ${short(commit.tree)}`;
  const inPlace = from !== undefined && base === from;
  if (base !== commit.parents[0] && !inPlace)
    return `its receipt is for the base ${short(base)}, and its first parent is ${short(commit.parents[0])}`;
  const loose = Object.entries(heads).find(([, head]) => !isBehind(head));
  if (loose) return `the work of ${loose[0]} (${short(loose[1])}) did not come to main with it`;
  if (!same(Object.keys(heads).toSorted(), tickets.toSorted())) return "its receipt does not give the work of just its tickets";
  const unjudged = tickets.find((id) => !receipt.verdicts.some((verdict) => isVerdictFor(verdict, id, heads[id] as string)));
  if (unjudged !== undefined) return `its receipt has no verdict of ${unjudged} for the work that landed`;
  if (record.tree !== tree || record.base !== base || record.from !== from || !same(record.tickets, tickets))
    return `event ${record.seq} of the log says another base, tree or tickets than its receipt`;
  if (record.receipt !== undefined && record.receipt !== hashReceipt(receipt, facts.sha256))
    return `its receipt is not the one that event ${record.seq} of the log vouches for`;
  const stored = facts.stored?.get(commit.id);
  if (facts.stored && !stored) return "the store has no copy of its receipt";
  if (stored && hashReceipt(stored, facts.sha256) !== hashReceipt(receipt, facts.sha256))
    return "the store's copy of its receipt says something else";
  return undefined;
}

/** `MUS-12/2/<the commit's beginning>`, as a verifier names it. */
function isVerdictFor(verdict: string, ticket: string, head: string): boolean {
  const parts = verdict.split("/");
  return parts.length === 3 && parts[0] === ticket && (parts[2]?.length ?? 0) >= 12 && head.startsWith(parts[2] as string);
}

function explainUncovered(facts: LaneFacts, id: string): string {
  const seq = facts.records.get(id)?.[0]?.seq;
  return seq === undefined
    ? "no receipt covers it, and the log knows no landing of it"
    : `it landed as event ${seq} of the log, and its receipt is gone`;
}

function remedyOf({ lane, branch, records }: LaneFacts, commit: string, problem: AuditProblem): string {
  const ref = `refs/mos/receipts/${commit}`;
  const adopt = `mos ticket adopt ${branch} --domain ${lane.split("/")[0]}${lane.includes("/") ? ` --repo ${lane.split("/")[1]}` : ""}`;
  switch (problem) {
    case "no-receipt":
      return records.has(commit) ? `Bring ${ref} back from a copy of the repository.` : `Look at it, then bring it in: ${adopt}`;
    case "forged":
    case "replayed":
      return `Find out who wrote ${ref}; take it away (git update-ref -d ${ref}), then: ${adopt}`;
    case "changed":
      return `Hold ${ref}, the store and the log against a copy of an earlier day: one of them was changed.`;
    case "log-head":
      return `Either the log was replaced or cut: bring .mos/store.db back from the copy that has it. Or ${ref} was written by hand.`;
    case "lost":
      return `Main was moved back. Find it in git reflog ${branch}, or in a copy, and bring it forward: git merge --ff-only ${commit}`;
    case "stray":
      return `It is another repository's, or main was moved back. If it belongs to nothing: git update-ref -d ${ref}`;
    default:
      return `Bring ${branch} and its baseline in mos.yaml to what the log says, from a copy of the repository.`;
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

function short(id: string | undefined): string {
  return id === undefined ? "nothing" : id.slice(0, 12);
}
