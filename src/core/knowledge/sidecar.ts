import { type Citation, type CitationAnchor, CitationSidecar } from "../../contract/knowledge.ts";
import { anchorQuote } from "./anchor-quote.ts";
import { normaliseQuote } from "./normalise-text.ts";
import { renderPlace } from "./parse-citation.ts";
import type { Page } from "./parse-page.ts";
import { sha256 } from "./sha-256.ts";
import type { Sources } from "./sources.ts";

const suffix = ".cites.json";

/** A page's sidecar as a tree has it. */
export interface Sidecar {
  readonly text: string;
  /** By footnote, in lower case. Empty where it cannot be read. */
  readonly anchors: ReadonlyMap<string, CitationAnchor>;
  /** Why it cannot be read. */
  readonly problem?: string;
}

/** `wiki/history.md.cites.json`. */
export function sidecarPath(page: string): string {
  return `${page}${suffix}`;
}

/** The page that a sidecar belongs to; `undefined` for what is none. */
export function pageOfSidecar(path: string): string | undefined {
  return path.startsWith("wiki/") && path.endsWith(`.md${suffix}`) ? path.slice(0, -suffix.length) : undefined;
}

export function readSidecar(text: string): Sidecar {
  const none = new Map<string, CitationAnchor>();
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { text, anchors: none, problem: "it is no JSON" };
  }
  const parsed = CitationSidecar.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { text, anchors: none, problem: `${issue?.path.join(".") || "it"}: ${issue?.message ?? "not a sidecar"}` };
  }
  return { text, anchors: new Map(Object.entries(parsed.data.citations).map(([id, anchor]) => [id.toLowerCase(), anchor])) };
}

/**
 * A sidecar's text with these entries, in the order of the page's footnotes; those of footnotes that the page has no more
 * go. The same entries give the same bytes. `undefined` where none is left: there is no such file then.
 */
export function writeSidecar(page: Page, anchors: ReadonlyMap<string, CitationAnchor>): string | undefined {
  const rows = page.footnotes.flatMap(({ id, repeated }) => {
    const anchor = repeated ? undefined : anchors.get(id);
    return anchor === undefined ? [] : [[id, sortKeys(anchor)] as const];
  });
  return rows.length === 0 ? undefined : `${JSON.stringify({ version: 1, citations: Object.fromEntries(rows) }, null, 2)}\n`;
}

export function sameAnchor(one: CitationAnchor | undefined, other: CitationAnchor): boolean {
  return one !== undefined && JSON.stringify(sortKeys(one)) === JSON.stringify(sortKeys(other));
}

/** The same place and words: an entry speaks of this citation. */
export function isAnchorOf(anchor: CitationAnchor, citation: Citation): boolean {
  return explainOther(anchor, citation) === undefined;
}

/**
 * What is wrong with an entry: it speaks of another place or other words than its footnote, or of other lines around them
 * than the source had. Nobody believes it over the source; what cannot be looked up is not held against it.
 */
export async function findContradiction(anchor: CitationAnchor, citation: Citation, sources: Sources): Promise<string | undefined> {
  const other = explainOther(anchor, citation);
  if (other !== undefined || citation.kind !== "commit") return other;
  const place = await sources.place(citation.commit);
  if (place !== undefined && place.repository !== anchor.repository)
    return `it names the repository ${anchor.repository}, not ${place.repository}`;
  const then = await sources.fileAt(citation.commit, citation.path);
  if (then.kind !== "text") return undefined;
  const real = anchorQuote(then.text, citation);
  if (real.quote !== anchor.quote) return "it has the hash of other words";
  return real.before === anchor.before && real.after === anchor.after
    ? undefined
    : "it has hashes of other lines than stood around the quote";
}

function explainOther(anchor: CitationAnchor, citation: Citation): string | undefined {
  if (citation.kind !== "commit") return `it names lines of a commit, the footnote a source of the kind ${citation.kind}`;
  const { commit, path, from, to, quote } = citation;
  if (anchor.commit !== commit) return `it names commit ${anchor.commit.slice(0, 12)}`;
  if (anchor.path !== path || anchor.from !== from || anchor.to !== to) return `it names ${renderPlace(anchor)}`;
  return quote !== undefined && sha256(normaliseQuote(quote)) !== anchor.quote
    ? "it has the hash of other words than the footnote quotes"
    : undefined;
}

function sortKeys({ repository, commit, path, from, to, quote, before, after }: CitationAnchor): CitationAnchor {
  return { repository, commit, path, from, to, quote, before, after };
}
