import { unreachable } from "../../contract/error.ts";
import type { Citation } from "../../contract/knowledge.ts";
import { normaliseQuote } from "./normalise-text.ts";
import type { Lookup, Sources } from "./sources.ts";

/** K4. `ok`, `moved` and `stale` are all valid: the quoted span was found at its source. */
export type CitationStatus =
  | { readonly kind: "ok" }
  /** Said elsewhere now: the same words, in these lines of the head. */
  | { readonly kind: "moved"; readonly path: string; readonly from: number; readonly to: number }
  /** The source has changed since, and the words are nowhere in the repository any more. */
  | { readonly kind: "stale"; readonly reason: string }
  /** Not valid: there is no such source, or it does not say this. */
  | { readonly kind: "missing"; readonly reason: string }
  /** Cannot be looked up from here. */
  | { readonly kind: "unchecked"; readonly reason: string };

type CommitCitation = Extract<Citation, { kind: "commit" }>;

/**
 * Looks a citation up. Only reads, gives the same answer for the same sources. Text of the wiki is never evidence:
 * a citation of a path under `wiki/` is missing whatever stands there.
 */
export async function checkCitation(citation: Citation, sources: Sources): Promise<CitationStatus> {
  switch (citation.kind) {
    case "commit":
      return checkCommit(citation, sources);
    case "ticket":
      return judgeRecord(await sources.ticket(citation.ticket), `ticket ${citation.ticket}`, citation.quote);
    case "artifact":
      return judgeRecord(await sources.artifact(citation.artifact), `artifact ${citation.artifact}`, citation.quote);
    case "operator":
      return { kind: "ok" };
    default:
      return unreachable(citation);
  }
}

async function checkCommit(citation: CommitCitation, sources: Sources): Promise<CitationStatus> {
  const { commit, path, from, to } = citation;
  if (isWikiPath(path)) return { kind: "missing", reason: `${path} is part of the wiki, and the wiki is no evidence for itself` };
  const then = await sources.fileAt(commit, path);
  if (then.kind !== "text")
    return then.kind === "absent" ? { kind: "missing", reason: then.reason } : { kind: "unchecked", reason: then.reason };
  const lines = splitLines(then.text);
  if (from > lines.length) return { kind: "missing", reason: `${path} has ${lines.length} lines at ${commit.slice(0, 12)}, not ${from}` };
  const said = normaliseQuote(lines.slice(from - 1, to).join("\n"));
  const quote = normaliseQuote(citation.quote ?? said);
  if (quote === "") return { kind: "missing", reason: `${path} says nothing in lines ${from} to ${to}` };
  if (!said.includes(quote))
    return { kind: "missing", reason: `${path}#L${from}-L${to} at ${commit.slice(0, 12)} does not say ${show(quote)}` };
  return findNow({ citation, quote, original: then.text }, sources);
}

async function findNow(args: { citation: CommitCitation; quote: string; original: string }, sources: Sources): Promise<CitationStatus> {
  const { citation, quote, original } = args;
  const now = await sources.fileNow(citation.commit, citation.path);
  if (now.kind === "unreachable") return { kind: "unchecked", reason: now.reason };
  if (now.kind === "text") {
    if (now.text === original) return { kind: "ok" };
    const spans = findSpans(now.text, quote);
    if (spans.some((span) => span.from >= citation.from && span.to <= citation.to)) return { kind: "ok" };
    const nearest = spans.toSorted((a, b) => Math.abs(a.from - citation.from) - Math.abs(b.from - citation.from))[0];
    if (nearest) return { kind: "moved", path: citation.path, ...nearest };
  }
  const probe = longestLine(splitLines(original).slice(citation.from - 1, citation.to), quote);
  for (const path of await sources.filesWith(citation.commit, probe)) {
    if (path === citation.path || isWikiPath(path)) continue;
    const other = await sources.fileNow(citation.commit, path);
    const span = other.kind === "text" ? findSpans(other.text, quote)[0] : undefined;
    if (span) return { kind: "moved", path, ...span };
  }
  const gone = now.kind === "text" ? `${citation.path} no longer says ${show(quote)}` : `${citation.path} is gone`;
  return { kind: "stale", reason: gone };
}

function judgeRecord(found: Lookup, name: string, quote: string | undefined): CitationStatus {
  switch (found.kind) {
    case "absent":
      return { kind: "missing", reason: found.reason };
    case "unreachable":
      return { kind: "unchecked", reason: found.reason };
    case "text": {
      if (quote === undefined || normaliseQuote(found.text).includes(normaliseQuote(quote))) return { kind: "ok" };
      return { kind: "missing", reason: `${name} does not say ${show(quote)}` };
    }
    default:
      return unreachable(found);
  }
}

/**
 * The shortest spans of lines that say `quote`, top down. Linear: the text is normalised once, and each place of the
 * quote in it is led back to the lines that it came from.
 */
export function findSpans(text: string, quote: string): { from: number; to: number }[] {
  const wanted = normaliseQuote(quote);
  if (wanted === "") return [];
  const starts: { at: number; line: number }[] = [];
  let whole = "";
  for (const [index, line] of splitLines(text).entries()) {
    const plain = normaliseQuote(line);
    if (plain === "") continue;
    if (whole !== "") whole += " ";
    starts.push({ at: whole.length, line: index + 1 });
    whole += plain;
  }
  const lineAt = (at: number) => starts.findLast((start) => start.at <= at)?.line ?? 1;
  const spans: { from: number; to: number }[] = [];
  for (let at = whole.indexOf(wanted); at !== -1 && spans.length < 100; at = whole.indexOf(wanted, at + 1)) {
    spans.push({ from: lineAt(at), to: lineAt(at + wanted.length - 1) });
  }
  return spans;
}

export function isWikiPath(path: string): boolean {
  return path === "wiki" || path.startsWith("wiki/");
}

/** The longest piece that is sure to stand in one line of the source as it is: what a search can look for. */
function longestLine(lines: readonly string[], quote: string): string {
  const pieces = lines.map((line) => line.trim()).map((line) => (normaliseQuote(line).includes(quote) ? overlap(line, quote) : line));
  return pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), "");
}

/** The quote as the line writes it, if it does so to the letter; else the line. */
function overlap(line: string, quote: string): string {
  return line.includes(quote) ? quote : line;
}

function splitLines(text: string): string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

function show(quote: string): string {
  return JSON.stringify(quote.length > 80 ? `${quote.slice(0, 77)}...` : quote);
}
