import { CommitId, RepoPath, TicketId } from "../../contract/id.ts";
import type { Citation } from "../../contract/knowledge.ts";
import { flattenText } from "./normalise-text.ts";

export type ParsedCitation =
  | { readonly kind: "citation"; readonly citation: Citation }
  | { readonly kind: "problem"; readonly problem: string };

/**
 * Reads what follows `[^c1]:` of a footnote. One of
 *
 *     ticket MUS-12 "quote"
 *     commit <full id> path/to/file#L3-L5 "quote"
 *     artifact <id> "quote"
 *     operator 2026-11-01
 *
 * The quote may be left out of the first three; inside it a double quote or backslash may be written with a backslash. What a
 * librarian found gone ends in ` (gone since 2026-11-20)`.
 */
export function parseCitation(raw: string): ParsedCitation {
  const text = raw.replace(/\s+/g, " ").trim();
  const [mark, day = ""] = / \(gone since (\S*)\)$/.exec(text) ?? [];
  const parsed = parseSource(mark === undefined ? text : text.slice(0, -mark.length));
  if (mark === undefined || parsed.kind === "problem") return parsed;
  if (parsed.citation.kind === "operator") return problem("the operator's word is never gone");
  return isDay(day)
    ? found({ ...parsed.citation, gone: day })
    : problem(`a source is marked with a day: (gone since 2026-11-20), not ${mark}`);
}

function parseSource(text: string): ParsedCitation {
  const word = /^\S*/.exec(text)?.[0] ?? "";
  const rest = text.slice(word.length).trim();
  switch (word) {
    case "ticket":
      return parseTicket(rest);
    case "commit":
      return parseCommit(rest);
    case "artifact":
      return parseArtifact(rest);
    case "operator":
      return parseOperator(rest);
    default:
      return problem(`a source is a ticket, a commit, an artifact or the operator, not ${JSON.stringify(word)}`);
  }
}

/** The footnote's text for a citation: what `parseCitation` reads back. */
export function renderCitation(citation: Citation): string {
  switch (citation.kind) {
    case "ticket":
      return `ticket ${citation.ticket}${renderQuote(citation.quote)}${renderMark(citation)}`;
    case "commit": {
      return `commit ${citation.commit} ${renderPlace(citation)}${renderQuote(citation.quote)}${renderMark(citation)}`;
    }
    case "artifact":
      return `artifact ${citation.artifact}${renderQuote(citation.quote)}${renderMark(citation)}`;
    case "operator":
      return `operator ${citation.date}`;
  }
}

/** `notes/plan.md#L3`, `notes/plan.md#L3-L5`. */
export function renderPlace({ path, from, to }: { path: string; from: number; to: number }): string {
  return from === to ? `${path}#L${from}` : `${path}#L${from}-L${to}`;
}

function parseTicket(rest: string): ParsedCitation {
  const { head, quote } = splitQuote(rest);
  if (!TicketId.safeParse(head).success) return problem(`a ticket is cited as: ticket MUS-12 "quote", not ${JSON.stringify(head)}`);
  return found({ kind: "ticket", ticket: head, ...quote });
}

function parseCommit(rest: string): ParsedCitation {
  const { head, quote } = splitQuote(rest);
  const match = /^(\S+) (.+)#L(\d+)(?:-L?(\d+))?$/.exec(head);
  if (!match) return problem('a commit is cited as: commit <full id> path/to/file#L3-L5 "quote"');
  const [, commit = "", path = "", fromText = "", toText = fromText] = match;
  if (!CommitId.safeParse(commit).success) return problem(`${commit} is not a full commit id`);
  if (!RepoPath.safeParse(path).success) return problem(`${path} is not a path inside the repository`);
  const from = Number(fromText);
  const to = Number(toText);
  if (from < 1 || to < from) return problem(`lines ${from} to ${to} are not a span`);
  return found({ kind: "commit", commit, path, from, to, ...quote });
}

function parseArtifact(rest: string): ParsedCitation {
  const { head, quote } = splitQuote(rest);
  if (head === "") return problem('an artifact is cited as: artifact <id> "quote"');
  return found({ kind: "artifact", artifact: head, ...quote });
}

function parseOperator(rest: string): ParsedCitation {
  return isDay(rest) ? found({ kind: "operator", date: rest }) : problem("the operator is cited with a day: operator 2026-11-01");
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00.000Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function splitQuote(rest: string): { head: string; quote: { quote?: string } } {
  const match = /^(.*?) ?"(.*)"$/.exec(rest);
  if (!match) return { head: rest, quote: {} };
  const text = (match[2] ?? "").replace(/\\(["\\])/g, "$1").trim();
  return { head: (match[1] ?? "").trim(), quote: text === "" ? {} : { quote: text } };
}

function renderQuote(quote: string | undefined): string {
  if (quote === undefined) return "";
  return ` "${flattenText(quote).replace(/["\\]/g, "\\$&")}"`;
}

function renderMark({ gone }: { gone?: string | undefined }): string {
  return gone === undefined ? "" : ` (gone since ${gone})`;
}

/** The same source as it was cited before anybody marked it. */
export function withoutMark<T extends Citation>(citation: T): T {
  if (citation.kind === "operator" || citation.gone === undefined) return citation;
  const { gone: _gone, ...plain } = citation;
  return plain as T;
}

export function isMarked(citation: Citation | undefined): boolean {
  return citation !== undefined && citation.kind !== "operator" && citation.gone !== undefined;
}

function found(citation: Citation): ParsedCitation {
  return { kind: "citation", citation };
}

function problem(text: string): ParsedCitation {
  return { kind: "problem", problem: text };
}
