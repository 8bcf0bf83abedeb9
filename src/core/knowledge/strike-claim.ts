import { type Claim, type Page, parsePage } from "./parse-page.ts";

/** A piece of a page's text, and what stands there then. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `~~the claim~~ (stale since 2026-11-02)[^c1]`: how a claim is marked that no source of its own says any longer. */
export function strikeStale(text: string, claim: Claim, day: string): readonly [Splice, Splice] {
  const raw = text.slice(claim.start, claim.end);
  const marks = /(?:\s*\[\^[^\]\s]+\])*\s*$/.exec(raw)?.[0] ?? "";
  const end = claim.end - marks.length;
  return [
    { start: claim.start, end: claim.start, text: "~~" },
    { start: end, end, text: `~~ (stale since ${day})` },
  ];
}

/** Proof by reading back: struck, it says the same and counts as superseded. */
export function canStrike(page: Page, claim: Claim): boolean {
  if (claim.shape === "row") return false;
  const [open, close] = strikeStale(page.text, claim, "2000-01-01");
  if (close.start <= open.start) return false;
  const after = parsePage(applySplices(page.text, [open, close]));
  const found = after.claims.find((one) => one.start === claim.start);
  return found?.superseded === true && found.text === claim.text && after.claims.length === page.claims.length;
}

/** None of them may overlap another. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  return splices
    .toSorted((a, b) => b.start - a.start)
    .reduce((whole, { start, end, text: piece }) => whole.slice(0, start) + piece + whole.slice(end), text);
}
