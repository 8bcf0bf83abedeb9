/**
 * Text as it is compared: Unicode composed, typographic quotes and dashes made plain, white space of any length one
 * space. Two spans that a reader would call the same give the same string; nothing else is equated.
 */
export function normaliseQuote(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\u2018\u2019\u201a\u201b]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f]/g, '"')
    .replace(/[\u2010-\u2015]/g, "-")
    .replace(/\u2026/g, "...")
    .replace(/\s+/gu, " ")
    .trim();
}

/** A claim as it is compared (K5): a quote in lower case, without emphasis marks and final punctuation. */
export function normaliseClaim(text: string): string {
  return normaliseQuote(text)
    .toLowerCase()
    .replace(/[*`~]/g, "")
    .replace(/[\s.;:!,]+$/u, "");
}

/**
 * One line, without control characters: how foreign text enters a page, a ticket or a command. What is invisible is taken
 * out and leaves no gap, so that a word that it was hidden in is that word.
 */
export function flattenText(text: string): string {
  return text
    .replace(/\p{Cf}+/gu, "")
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
}

/**
 * Where `part` stands in `text` as whole words and numbers, from `from` on; -1 where it does not: "costs 10" is not said
 * by "costs 100" or "costs 10.5". Both are normalised already.
 */
export function findWhole(text: string, part: string, from = 0): number {
  if (part === "") return -1;
  for (let at = text.indexOf(part, from); at !== -1; at = text.indexOf(part, at + 1)) {
    if (!isCut(text, at) && !isCut(text, at + part.length)) return at;
  }
  return -1;
}

/** Whether a word or a number goes on across this place. */
function isCut(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const [before, after] = [text.slice(Math.max(0, at - 2), at), text.slice(at, at + 2)];
  if (/[\p{L}\p{N}\p{M}]$/u.test(before) && /^[\p{L}\p{N}\p{M}]/u.test(after)) return true;
  return (/\d$/.test(before) && /^[.,]\d/.test(after)) || (/\d[.,]$/.test(before) && /^\d/.test(after));
}

/**
 * What nobody sees becomes a mark that everybody sees: how words of agents and of commits are kept, so that what was hidden in
 * them is known of later.
 */
export function markInvisible(text: string): string {
  return text.replace(/\p{Cf}+/gu, "\ufffd");
}
