/** A piece of a file to be replaced. */
export interface Splice {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A dependency that takes any later version. */
export interface LooseRange {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly range: string;
  /** The range that keeps what is in use; `undefined` when nothing says what that is. */
  readonly wanted: string | undefined;
  readonly version: string | undefined;
  /** What says so. */
  readonly source: string | undefined;
  /** All that must change together. */
  readonly edits: readonly Splice[];
}
