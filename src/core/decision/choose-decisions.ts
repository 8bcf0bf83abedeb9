import type { DecisionCandidate } from "../../contract/brief.ts";
import type { Decision } from "../../contract/decision.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { canonicalJson } from "../log/canonical-json.ts";
import { findBefore } from "./find-named.ts";
import { findServing } from "./find-serving.ts";

/** Questions that one domain is asked in one session, at most. Fewer where there are fewer: never padded. */
export const questionsMax = 5;

/**
 * Of these, a model's at most, while those of rule wait: what it says of weight never silences what rules found. Nor do many
 * chores silence it: its weightiest has a place.
 */
const judgedMax = 3;

/**
 * The questions to put, weightiest first, a question before those that wait for its tickets (S8, S9). Left out: what an
 * open ticket already serves, and what the operator settled while the question is word for word the same. A settled
 * question comes back when something asked now waits for it.
 *
 * @param candidates  ranked
 * @param earlier  this domain's decisions of all sessions, oldest first
 */
export function chooseDecisions(args: {
  candidates: readonly DecisionCandidate[];
  tickets: readonly Ticket[];
  earlier: readonly Decision[];
}): DecisionCandidate[] {
  const unserved = args.candidates.filter((candidate) => findServing(candidate.key, args.tickets).length === 0);
  const waitedFor = new Set(args.earlier.filter((decision) => hasDraft(decision, args.tickets)).map((decision) => decision.candidate.key));
  const open = unserved.filter((candidate) => !isSettled(candidate, args.earlier) || waitedFor.has(candidate.key));
  const reserved = Math.max(judgedMax, questionsMax - open.filter(({ judged }) => judged === undefined).length);
  const chosen = new Map<string, DecisionCandidate>();
  const addsTo = (candidate: DecisionCandidate) => collectGroup(candidate, unserved).filter((member) => !chosen.has(member.key));
  const isJudged = ({ judged }: DecisionCandidate) => judged !== undefined;
  const kept = open.find((candidate) => isJudged(candidate) && addsTo(candidate).length <= questionsMax);
  for (const candidate of open) {
    const group = addsTo(candidate);
    const places = new Set([...chosen.keys(), ...[...group, ...(kept ? addsTo(kept) : [])].map(({ key }) => key)]);
    const judged = [...chosen.values(), ...group].filter(isJudged).length;
    if (places.size > questionsMax || judged > reserved) continue;
    for (const member of group) chosen.set(member.key, member);
  }
  return [...chosen.values()];
}

/** The candidate with all it waits for, those first. */
function collectGroup(candidate: DecisionCandidate, all: readonly DecisionCandidate[]): DecisionCandidate[] {
  const group = new Map<string, DecisionCandidate>();
  const visiting = new Set<string>();
  const visit = (member: DecisionCandidate): void => {
    if (visiting.has(member.key)) return;
    visiting.add(member.key);
    for (const before of findBefore(member, all)) visit(before);
    group.set(member.key, member);
  };
  visit(candidate);
  return [...group.values()];
}

function isSettled(candidate: DecisionCandidate, earlier: readonly Decision[]): boolean {
  const last = earlier.findLast((decision) => decision.candidate.key === candidate.key && decision.answer.kind !== "open");
  if (last === undefined || !isSame(last.candidate, candidate)) return false;
  if (last.answer.kind === "skipped") return true;
  const { answer } = last;
  if (answer.kind !== "chosen") return false;
  return last.candidate.options.find((option) => option.id === answer.option)?.tickets.length === 0;
}

/** A model words itself anew each time: its question is the same while it rests on no line that was not quoted before. */
function isSame(before: DecisionCandidate, now: DecisionCandidate): boolean {
  if (before.judged === undefined || now.judged === undefined) return wordQuestion(before) === wordQuestion(now);
  const known = new Set(before.evidence.map(wordPlace));
  return now.evidence.every((place) => known.has(wordPlace(place)));
}

function wordPlace({ repo, path, quote }: DecisionCandidate["evidence"][number]): string {
  return canonicalJson({ repo, path, quote });
}

/** What makes two questions the same: the words and the evidence, not the commit they were found at. */
function wordQuestion(candidate: DecisionCandidate): string {
  const { key, question, options, evidence } = candidate;
  return canonicalJson({ key, question, options, evidence: evidence.map(({ repo, path, quote }) => ({ repo, path, quote })) });
}

function hasDraft(decision: Decision, tickets: readonly Ticket[]): boolean {
  if (decision.answer.kind === "chosen") return false;
  return tickets.some((ticket) => ticket.status.state === "draft" && decision.planned?.includes(ticket.id));
}
