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

/** One line, without control characters: how foreign text enters a page, a ticket or a command. */
export function flattenText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
}
