import { unreachable } from "../../contract/error.ts";
import type { Citation, CitationAnchor } from "../../contract/knowledge.ts";
import { quotedWords } from "./anchor-quote.ts";
import { findPlaces, isWikiPath } from "./find-places.ts";
import { findSpans, splitLines } from "./find-spans.ts";
import { findWhole, normaliseQuote } from "./normalise-text.ts";
import { isMarked, renderPlace } from "./parse-citation.ts";
import { sha256 } from "./sha-256.ts";
import type { KeptLookup, Sources } from "./sources.ts";

/** K4. `ok`, `moved`, `stale` and `marked` are all valid: the quoted span was found at its source. */
export type CitationStatus =
  | { readonly kind: "ok" }
  /** Said elsewhere now: the same words, in these lines of the head. `unsure`: in several places, and nothing around them decides. */
  | { readonly kind: "moved"; readonly path: string; readonly from: number; readonly to: number; readonly unsure?: true }
  /** The source has changed since, and the words are nowhere in the repository any more. */
  | { readonly kind: "stale"; readonly reason: string }
  /** Not valid: there is no such source, or it does not say this. */
  | { readonly kind: "missing"; readonly reason: string }
  /** Cannot be looked up from here. */
  | { readonly kind: "unchecked"; readonly reason: string }
  /** Stale, and the page says so. */
  | { readonly kind: "marked" }
  /** The page says that it is gone, and its source says it. */
  | { readonly kind: "back" };

type CommitCitation = Extract<Citation, { kind: "commit" }>;

/**
 * Looks a citation up. Only reads, gives the same answer for the same sources. Text of the wiki is never evidence:
 * a citation of a path under `wiki/` is missing whatever stands there.
 *
 * @param anchor  of the page's sidecar. It is asked only where the footnote itself holds no quote, and can only take away
 */
export async function checkCitation(citation: Citation, sources: Sources, anchor?: CitationAnchor): Promise<CitationStatus> {
  const status = await lookUp(citation, sources, anchor);
  if (!isMarked(citation)) return status;
  if (status.kind === "stale") return { kind: "marked" };
  return status.kind === "ok" || status.kind === "moved" ? { kind: "back" } : status;
}

async function lookUp(citation: Citation, sources: Sources, anchor: CitationAnchor | undefined): Promise<CitationStatus> {
  switch (citation.kind) {
    case "commit":
      return checkCommit(citation, sources, anchor);
    case "ticket":
      return judgeRecord(await sources.ticket(citation.ticket), `ticket ${citation.ticket}`, citation.quote);
    case "artifact":
      return checkArtifact(citation, sources);
    case "operator":
      return { kind: "ok" };
    default:
      return unreachable(citation);
  }
}

async function checkCommit(citation: CommitCitation, sources: Sources, anchor: CitationAnchor | undefined): Promise<CitationStatus> {
  const { commit, path, from, to } = citation;
  if (isWikiPath(path)) return { kind: "missing", reason: `${path} is part of the wiki, and the wiki is no evidence for itself` };
  const then = await sources.fileAt(commit, path);
  if (then.kind !== "text")
    return then.kind === "absent" ? { kind: "missing", reason: then.reason } : { kind: "unchecked", reason: then.reason };
  const lines = splitLines(then.text);
  if (from > lines.length) return { kind: "missing", reason: `${path} has ${lines.length} lines at ${commit.slice(0, 12)}, not ${from}` };
  const words = quotedWords(then.text, citation);
  const place = `${renderPlace(citation)} at ${commit.slice(0, 12)}`;
  if (words === "") return { kind: "missing", reason: `${path} says nothing in lines ${from} to ${to}` };
  if (citation.quote !== undefined && findWhole(quotedWords(then.text, { from, to }), words) === -1)
    return { kind: "missing", reason: `${place} does not say ${show(words)}` };
  if (citation.quote === undefined && anchor !== undefined && anchor.quote !== sha256(words))
    return { kind: "missing", reason: `${place} does not say what was cited: its words have another hash` };
  return findNow({ citation, words, original: then.text }, sources);
}

async function findNow(args: { citation: CommitCitation; words: string; original: string }, sources: Sources): Promise<CitationStatus> {
  const { citation, words, original } = args;
  const now = await sources.fileNow(citation.commit, citation.path);
  if (now.kind === "unreachable") return { kind: "unchecked", reason: now.reason };
  if (now.kind === "text" && now.text === original) return { kind: "ok" };
  const found = await findPlaces(citation, { words, original, now: now.kind === "text" ? now.text : undefined }, sources);
  switch (found.kind) {
    case "there":
      return { kind: "ok" };
    case "elsewhere":
      return { ...found, kind: "moved" };
    case "nowhere":
      return { kind: "stale", reason: now.kind === "text" ? `${citation.path} no longer says ${show(words)}` : `${citation.path} is gone` };
    default:
      return unreachable(found);
  }
}

/**
 * What was kept of a note is a copy: it is a source as long as the repository says what is quoted of it, wherever. Of other records
 * there is no later but their loss.
 */
async function checkArtifact(citation: Extract<Citation, { kind: "artifact" }>, sources: Sources): Promise<CitationStatus> {
  const { artifact, quote } = citation;
  const found = await sources.artifact(artifact);
  const status = judgeRecord(found, `artifact ${artifact}`, quote);
  if (found.kind !== "text" || found.file === undefined || status.kind !== "ok") return status;
  const words = normaliseQuote(quote ?? found.text);
  const [span] = findSpans(found.text, words);
  if (span === undefined) return status;
  const now = await checkCommit({ kind: "commit", ...found.file, ...span, quote: words }, sources, undefined);
  if (now.kind === "missing") return { kind: "stale", reason: `${found.file.path} is gone: ${now.reason}` };
  return now.kind === "moved" ? { kind: "ok" } : now;
}

function judgeRecord(found: KeptLookup, name: string, quote: string | undefined): CitationStatus {
  switch (found.kind) {
    case "absent":
      return { kind: "missing", reason: found.reason };
    case "gone":
      return { kind: "stale", reason: found.reason };
    case "unreachable":
      return { kind: "unchecked", reason: found.reason };
    case "text": {
      if (quote === undefined || findWhole(normaliseQuote(found.text), normaliseQuote(quote)) !== -1) return { kind: "ok" };
      if (found.lost !== undefined) return { kind: "stale", reason: found.lost };
      return { kind: "missing", reason: `${name} does not say ${show(quote)}` };
    }
    default:
      return unreachable(found);
  }
}

function show(quote: string): string {
  return JSON.stringify(quote.length > 80 ? `${quote.slice(0, 77)}...` : quote);
}
