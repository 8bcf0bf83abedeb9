import type { Passage } from "../../port/search.ts";

/** Changes whenever the same passages would be indexed as other words: what was indexed before is then made anew. */
export const indexTextVersion = 1;

/**
 * Of the passage before and the one after, each: what stands nearest to this one. Measured on the judgments of Q8 (recall@5, MRR@10; earlier and
 * later): without .722/.574 and .583/.369, with 150 .778/.580 and .625/.436; with 300 and more the earlier part falls.
 */
const nearCharsMax = 150;

/** The words by which a passage is found, in columns of unequal weight. */
export interface IndexText {
  readonly title: string;
  /** The headings that it stands under. */
  readonly headings: string;
  readonly text: string;
  /** What stands before and after it on its page: an answer's words are often in the sentence before. */
  readonly near: string;
}

/** @param passages  all of one page, in order */
export function writeIndexTexts(passages: readonly Pick<Passage, "title" | "under" | "text">[]): IndexText[] {
  return passages.map(({ title, under, text }, at) => ({
    title,
    headings: under.join(" "),
    text,
    near: [passages[at - 1]?.text.slice(-nearCharsMax), passages[at + 1]?.text.slice(0, nearCharsMax)].filter(Boolean).join(" "),
  }));
}

/** What of a passage is turned into a vector: where it stands, then what it says. */
export function writeEmbedText({ title, under, text }: Pick<Passage, "title" | "under" | "text">): string {
  const place = [title, ...under.filter((heading) => heading !== title)].filter((part) => part !== "").join(" › ");
  return place === "" ? text : `${place}\n${text}`;
}
