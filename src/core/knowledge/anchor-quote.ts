import type { CitationAnchor } from "../../contract/knowledge.ts";
import { findSpans, splitLines } from "./find-spans.ts";
import { normaliseQuote } from "./normalise-text.ts";
import { sha256 } from "./sha-256.ts";

/** Lines on each side whose hashes are kept. */
const contextLines = 2;
const contextHashChars = 16;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The lines that say something around a place, the nearest first, as they are compared. */
export interface Context {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The words that a citation quotes, as they are compared: its quote, or all that its lines say. */
export function quotedWords(text: string, { from, to, quote }: Span & { readonly quote?: string | undefined }): string {
  return normaliseQuote(
    quote ??
      splitLines(text)
        .slice(from - 1, to)
        .join("\n"),
  );
}

/** Hashes of the words and of the lines around them. `text` is the file at the cited commit. */
export function anchorQuote(
  text: string,
  cited: Span & { readonly quote?: string | undefined },
): Pick<CitationAnchor, "quote" | "before" | "after"> {
  const words = quotedWords(text, cited);
  const { before, after } = contextOf(text, placeWithin(text, words, cited));
  return { quote: sha256(words), before: hashLines(before), after: hashLines(after) };
}

/** The very lines of a citation's span that say the words: the span may be wider. */
export function placeWithin(text: string, words: string, { from, to }: Span): Span {
  return findSpans(text, words).find((span) => span.from >= from && span.to <= to) ?? { from, to };
}

export function contextOf(text: string, { from, to }: Span): Context {
  const lines = splitLines(text).map(normaliseQuote);
  const telling = (found: readonly string[]) => found.filter((line) => line !== "").slice(0, contextLines);
  return { before: telling(lines.slice(0, from - 1).reverse()), after: telling(lines.slice(to)) };
}

/** How many of the lines around a place stand around another, on the same side. */
export function countShared(one: Context, other: Context): number {
  const shared = (a: readonly string[], b: readonly string[]) => a.filter((line) => b.includes(line)).length;
  return shared(one.before, other.before) + shared(one.after, other.after);
}

function hashLines(lines: readonly string[]): string {
  return lines.map((line) => sha256(line).slice(0, contextHashChars)).join(" ");
}
