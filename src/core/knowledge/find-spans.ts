import { findWhole, normaliseQuote } from "./normalise-text.ts";

const spansMax = 100;

/**
 * The shortest spans of lines that say `quote` in whole words, top down. Linear: the text is normalised once, and each
 * place of the quote in it is led back to the lines that it came from.
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
  for (let at = findWhole(whole, wanted); at !== -1 && spans.length < spansMax; at = findWhole(whole, wanted, at + 1)) {
    spans.push({ from: lineAt(at), to: lineAt(at + wanted.length - 1) });
  }
  return spans;
}

export function splitLines(text: string): string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}
