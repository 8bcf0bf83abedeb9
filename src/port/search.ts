/** A part of a wiki page that answers by itself: a claim, or neighbouring paragraphs of one section. Untrusted text. */
export interface Passage {
  /** `wiki/voice.md`. */
  readonly page: string;
  /** Of the page; its path where it has none. */
  readonly title: string;
  /** The nearest heading above it; empty before the first. */
  readonly heading: string;
  /** All headings that it stands under, outermost first, the nearest too. */
  readonly under: readonly string[];
  /** Where it begins. */
  readonly line: number;
  readonly text: string;
  /** What its footnotes say, in order. */
  readonly citations: readonly string[];
}

export interface FoundPassage extends Omit<Passage, "under"> {
  /** Higher is nearer. It compares passages of one answer, and nothing else. */
  readonly score: number;
}

/** A page as a tree has it: what has the same path and blob has the same passages. */
export interface PageVersion {
  readonly path: string;
  readonly blob: string;
}

/** How the two legs of a search are fused: reciprocal rank fusion, `words / (k + rank) + vectors / (k + rank)`. */
export interface Fusion {
  readonly k: number;
  readonly words: number;
  readonly vectors: number;
}

/** A question by its sense, beside its words. */
export interface SenseQuery {
  /** The embedder's name: vectors of another are not compared with it. */
  readonly embedder: string;
  readonly vector: Float32Array;
  readonly fusion: Fusion;
}

/** A passage whose vector is not there yet: `key` stands for its text as it is embedded, wherever it stands. */
export interface UnembeddedPassage {
  readonly key: string;
  readonly text: string;
}

/**
 * The index of one silo, a file of its own: no query of another's can return, rank by or count what is in it.
 * It is a copy that may be made anew at any time.
 */
export interface PassageIndex {
  /** What it was made of; `undefined` where there is none, or none that can be read. */
  stamp(): Promise<string | undefined>;
  /**
   * Makes it the index of these pages, and puts it in the place of the old one at once: a reader sees the one or the other.
   * Pages that it has in the same version are not read again.
   *
   * @param read  the passages of some of the pages, by path; asked for those alone that are new here
   * @param anew  believe nothing of the one that is there
   * @returns how many pages were read
   */
  update(args: {
    stamp: string;
    pages: readonly PageVersion[];
    read: (paths: readonly string[]) => Promise<ReadonlyMap<string, readonly Passage[]>>;
    anew?: boolean;
  }): Promise<number>;
  /**
   * Passages that hold any of the words, nearest first; with `sense`, also those whose vector is near. Words are data: nothing
   * in them is syntax.
   *
   * @returns `stale` where the index is no longer, or not yet, the one of that stamp
   */
  find(args: { stamp: string; words: readonly string[]; max: number; sense?: SenseQuery }): Promise<FoundPassage[] | "stale">;
  /** How many passages it has, and how many of them have a vector of that embedder; `undefined` where there is none. */
  count(embedder: string): Promise<{ passages: number; vectors: number } | undefined>;
  /** Passages without a vector of that embedder, some of them. */
  listUnembedded(args: { embedder: string; max: number }): Promise<UnembeddedPassage[]>;
  /** Keeps vectors of passages that are still there; those of other embedders go. */
  putVectors(args: { embedder: string; vectors: ReadonlyMap<string, Float32Array> }): Promise<void>;
}

/** @param domain  a configured domain's name, or `operator` */
export type OpenPassageIndex = (domain: string) => PassageIndex;

/** Texts as vectors of one length, each of length 1. It sees one silo's texts at a time and keeps none. */
export interface Embedder {
  /** Of the model: vectors of two names do not compare. */
  readonly name: string;
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

export type FoundEmbedder =
  | { readonly kind: "found"; readonly embedder: Embedder }
  /** Nobody installed one, or it does not start: words alone are searched. */
  | { readonly kind: "absent"; readonly reason: string; readonly remedy: string };

/** Looks for the embedder that the operator installed; loads it when it is first asked for a vector. */
export type OpenEmbedder = () => Promise<FoundEmbedder>;

/** By what a domain's wiki is found now. */
export interface SearchState {
  readonly domain: string;
  readonly passages: number;
  /** How many of the passages have a vector. */
  readonly vectors: number;
  /** The embedder's name. */
  readonly embedder?: string;
  /** Why words alone are searched, and what would change that. */
  readonly absent?: { readonly reason: string; readonly remedy: string };
}

/** The one way into a domain's wiki for whoever asks in words (K6). */
export interface Search {
  /**
   * Passages of the wiki as the domain's main has it now, nearest first. Nothing found, or no wiki: none.
   *
   * @param domain  a configured domain's name, or `operator`; `domain-unknown` for any other
   * @param max  default 8, at most 50; none where it is less than 1
   */
  ask(args: { domain: string; question: string; max?: number }): Promise<FoundPassage[]>;
  /**
   * Brings the index up to date, and computes vectors that are missing, a few at a time; each few are kept at once, so that
   * whoever is stopped loses little.
   *
   * @param untilMs  no further vectors are begun after so long; 0: none
   */
  index(args: { domain: string; untilMs: number; signal: AbortSignal; progress?: (state: SearchState) => void }): Promise<SearchState>;
}
