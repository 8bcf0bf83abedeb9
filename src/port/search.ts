/** A part of a wiki page that answers by itself: a claim, or neighbouring paragraphs of one section. Untrusted text. */
export interface Passage {
  /** `wiki/voice.md`. */
  readonly page: string;
  /** Of the page; its path where it has none. */
  readonly title: string;
  /** The nearest heading above it; empty before the first. */
  readonly heading: string;
  /** Where it begins. */
  readonly line: number;
  readonly text: string;
  /** What its footnotes say, in order. */
  readonly citations: readonly string[];
}

export interface FoundPassage extends Passage {
  /** Higher is nearer. It compares passages of one answer, and nothing else. */
  readonly score: number;
}

/**
 * The index of one silo, a file of its own: no query of another's can return, rank by or count what is in it.
 * It is a copy that may be made anew at any time.
 */
export interface PassageIndex {
  /** What it was made of; `undefined` where there is none, or none that can be read. */
  stamp(): Promise<string | undefined>;
  /** Puts a whole new index in the place of the old one at once: a reader sees the one or the other. */
  replace(stamp: string, passages: readonly Passage[]): Promise<void>;
  /**
   * Passages that hold any of the words, nearest first. Words are data: nothing in them is syntax.
   *
   * @returns `stale` where the index is no longer, or not yet, the one of that stamp
   */
  find(args: { stamp: string; words: readonly string[]; max: number }): Promise<FoundPassage[] | "stale">;
}

/** @param domain  a configured domain's name, or `operator` */
export type OpenPassageIndex = (domain: string) => PassageIndex;

/** The one way into a domain's wiki for whoever asks in words (K6). */
export interface Search {
  /**
   * Passages of the wiki as the domain's main has it now, nearest first. Nothing found, or no wiki: none.
   *
   * @param domain  a configured domain's name, or `operator`; `domain-unknown` for any other
   * @param max  default 8, at most 50
   */
  ask(args: { domain: string; question: string; max?: number }): Promise<FoundPassage[]>;
}
