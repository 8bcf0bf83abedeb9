import { type Artifact, type Authority, type Candidate, type Citation, PageMatter } from "../../contract/knowledge.ts";
import { findClaim, isConfirmed, rankOf } from "./add-claim.ts";
import { checkCitation } from "./check-citation.ts";
import { indexPath, type WikiFiles } from "./check-page.ts";
import { choosePage, historyPath } from "./choose-page.ts";
import { compareClaims, wordsOf } from "./compare-claims.ts";
import { nameCandidate } from "./name-candidate.ts";
import { renderCitation, withoutMark } from "./parse-citation.ts";
import type { Statement } from "./read-statements.ts";
import { readsAsInstruction } from "./reads-as-instruction.ts";
import type { Sources } from "./sources.ts";

const claimCharsMax = 600;
/** Of what was decided or learned; what was done has its ticket to speak for it. */
const claimWordsMin = 3;

/** What a source is worth (K1): merged work and a session's record are verified, research that was noted and what a run said are not. */
export function authorityOf(artifact: Pick<Artifact, "kind">): Authority {
  return artifact.kind === "note" || artifact.kind === "transcript" ? "distilled" : "verified";
}

/** How a claim from this place is cited. */
export function citeArtifact(artifact: Pick<Artifact, "id" | "kind" | "source" | "commit">, line: number, quote: string): Citation {
  if (artifact.kind === "ticket") return { kind: "ticket", ticket: artifact.source, quote };
  if (artifact.kind === "note" && artifact.commit !== undefined) {
    return { kind: "commit", commit: artifact.commit, path: artifact.source, from: line, to: line, quote };
  }
  return { kind: "artifact", artifact: artifact.id, quote };
}

export interface Assessed {
  readonly candidate: Candidate;
  /** High by itself, and no event: what it contradicts, `settleRivals` weighs. */
  readonly contends: boolean;
}

/**
 * A candidate with its confidence, by rule, and by itself: high is earned. It reads as a fact, its quote was verified at its source,
 * the source's authority is at least the page's, and the page is in this silo. `undefined` when there is nothing to do: the page
 * already says so with this very source.
 */
export async function assessStatement(args: {
  artifact: Artifact;
  statement: Statement;
  files: WikiFiles;
  sources: Sources;
}): Promise<Assessed | undefined> {
  const { artifact, statement, files, sources } = args;
  const { claim, line, quote = claim } = statement;
  const citation = citeArtifact(artifact, line, quote);
  const relation = relate(statement, files);
  if (relation.kind === "confirms" && citedAlready(relation, files, citation)) return undefined;
  // A run reads the wiki in its tree: that it says what stands there is no second source.
  if (relation.kind === "confirms" && artifact.kind === "transcript") return undefined;
  const target = relation.page ?? choosePage(statement, files);
  const id = nameCandidate(artifact, line);
  const base = { id, domain: artifact.domain, claim: beginSentence(claim).slice(0, 1000), target, status: "open" as const };
  const source = { artifact: artifact.id, line, quote };
  const against = relation.against === undefined ? {} : { against: relation.against };
  const make = (confidence: Candidate["confidence"], reason: string, contends = false): Assessed => {
    const route = confidence === "high" ? "librarian" : "review";
    return { candidate: { ...base, source, kind: relation.kind, ...against, confidence, reason, route }, contends };
  };

  // A decision of a session is the operator's own, and written as decisions are; whoever reports one tells what was decided.
  const strict = statement.kind === "learned" || statement.kind === "finding" || artifact.kind !== "session";
  if (readsAsInstruction(claim, strict && statement.kind !== "changed")) return make("low", "it reads as an instruction, not as a fact");
  if (statement.suspicion !== undefined) return make("low", statement.suspicion);
  if (statement.kind !== "changed" && wordsOf(claim).length < claimWordsMin) return make("low", "it says too little to stand alone");
  if (claim.length > claimCharsMax) return make("low", `it is longer than ${claimCharsMax} characters: more than one fact`);
  const status = await checkCitation(citation, sources);
  if (status.kind !== "ok") return make("low", `its quote could not be verified: ${"reason" in status ? status.reason : status.kind}`);
  if (relation.denied !== undefined) return make("medium", relation.denied);
  if (artifact.kind === "transcript")
    return make("medium", relation.doubt ?? "it was said in a run, and no report says it: a person says whether it is so");
  if (artifact.kind === "note" && quotesWeb(artifact.text))
    return make("medium", relation.doubt ?? "its note quotes the web: a person says whose words these are");
  const denied = judgeTarget(target, files, authorityOf(artifact));
  if (denied !== undefined) return make("medium", relation.doubt ?? denied);
  const where = renderCitation(citation).split(" ").slice(0, 2).join(" ");
  return make(
    "high",
    `its quote stands in ${where}, and nothing in this wiki contradicts it`,
    !isEvent(statement) || statement.supersedes !== undefined,
  );
}

/** What a page of the web says stands in a note as the note's own words: only its address tells. */
function quotesWeb(text: string): boolean {
  return /\b(?:https?|ftp):\/\/|\bwww\.[a-z0-9-]+\.|^(?:source|url|via|retrieved|accessed):/im.test(text);
}

/** A plain word at the start gets a capital; a name (`iPhone`, `npm-run`) stays. The quote stays as it was found. */
function beginSentence(claim: string): string {
  return /^\p{Ll}+(?=[\s,;:.]|$)/u.test(claim) ? claim.charAt(0).toUpperCase() + claim.slice(1) : claim;
}

interface Relation {
  readonly kind: Candidate["kind"];
  readonly page?: string;
  readonly against?: NonNullable<Candidate["against"]>;
  /** What on a page it does not go with. */
  readonly doubt?: string;
  /** Why nobody but a person may write it. */
  readonly denied?: string;
}

/** What was done or found has its day: it contradicts nothing. */
function isEvent({ kind }: Statement): boolean {
  return kind === "changed" || kind === "finding";
}

/** How a statement stands to what the wiki says. What was done contradicts nothing: both happened. */
function relate(statement: Statement, files: WikiFiles): Relation {
  if (statement.supersedes !== undefined) return relateSuperseding(statement.supersedes, files);
  let doubt: Relation | undefined;
  for (const [path, page] of files.pages) {
    if (path === indexPath) continue;
    for (const { text, line, superseded } of page.claims) {
      const likeness = superseded ? "different" : compareClaims(text, statement.claim);
      const against = { page: path, line, claim: text };
      if (likeness === "same") return { kind: "confirms", page: path, against };
      if (isEvent(statement) || likeness === "different") continue;
      doubt ??= { kind: "contradicts", page: path, against, doubt: describeDoubt(likeness, `${path}:${line} says: ${text}`) };
    }
  }
  return doubt ?? { kind: "new" };
}

function relateSuperseding(words: string, files: WikiFiles): Relation {
  for (const [path, page] of files.pages) {
    const old = findClaim(
      page.claims.filter((claim) => !claim.superseded),
      words,
    );
    if (!old) continue;
    const denied = isConfirmed(page, old) ? { denied: "it supersedes a claim that the operator stands behind" } : {};
    return { kind: "supersedes", page: path, against: { page: path, line: old.line, claim: old.text }, ...denied };
  }
  return { kind: "new" };
}

export function describeDoubt(likeness: "contradicts" | "close", other: string): string {
  return likeness === "contradicts" ? `it contradicts what stands: ${other}` : `it is close to another claim, and not the same: ${other}`;
}

function citedAlready(relation: Relation, files: WikiFiles, citation: Citation): boolean {
  const page = relation.page === undefined ? undefined : files.pages.get(relation.page);
  const claim = page?.claims.find((one) => one.line === relation.against?.line);
  return (page?.footnotes ?? []).some((note) => {
    if (!note.citation || !claim?.footnotes.includes(note.id)) return false;
    return sourceOf(note.citation) === sourceOf(citation);
  });
}

/** The source itself, whatever commit of it was read: the same words of one file are one source. */
export function sourceOf(citation: Citation): string {
  return citation.kind === "commit" ? `file ${citation.path} ${citation.quote ?? ""}` : renderCitation(withoutMark(citation));
}

function judgeTarget(target: string, files: WikiFiles, authority: Authority): string | undefined {
  const page = files.pages.get(target);
  if (!page) return target === historyPath ? undefined : `there is no page ${target} in this wiki`;
  const matter = PageMatter.safeParse(page.matter?.data);
  if (!matter.success) return `the front matter of ${target} is not valid: mos wiki check names what is wrong`;
  if (rankOf(authority) <= rankOf(matter.data.authority)) return undefined;
  return `${target} is ${matter.data.authority}, the source only ${authority}`;
}
