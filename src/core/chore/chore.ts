/** One thing that a chore found, as `mos-chore find` prints it: a line of JSON. */
export interface ChoreFinding {
  /** Tells two findings of one chore apart, and is stable while the finding is. */
  readonly subject: string;
  readonly text: string;
  /** Where to look, the most telling first. */
  readonly evidence: readonly { readonly path: string; readonly line: number }[];
  /** What the playbook's commands and texts name. Nothing of it: the finding is reported, and cannot be mended by script. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  /** A file of the domain's home: when it is there, this finding was dealt with, and is not news. */
  readonly settledBy?: string;
}

/** A file's new text; `undefined` removes it. */
export interface Edit {
  readonly path: string;
  readonly text: string | undefined;
}

export interface Fix {
  readonly edits: readonly Edit[];
  /** What was done, a sentence each: the report's `Changed:` lines. */
  readonly changed: readonly string[];
  /** What is worth knowing afterwards: `Learned:` lines. */
  readonly learned?: readonly string[];
}

/** What follows `mos-chore fix <chore>`. */
export interface ChoreArgs {
  /** After `--`: the paths (or ids) that this call is about. None: all. */
  readonly targets: readonly string[];
  /** `--name value`. */
  readonly options: Readonly<Record<string, string>>;
}

/** The files of one tree: tracked ones and those that git does not ignore. Bounded, text only. */
export interface Tree {
  /** Sorted, files alone. */
  readonly paths: readonly string[];
  /** Whether a file or folder is there. */
  has(path: string): boolean;
  /** The text, or `undefined` when it is not there, a symlink, binary, not UTF-8, or too large. */
  read(path: string): string | undefined;
  /** The text of a file that git ignores (`node_modules/x/package.json`), on the same terms. */
  readInstalled(path: string): string | undefined;
}

export interface LoggedCommit {
  readonly id: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly subject: string;
  readonly body: string;
}

/** What git says of the commit that is checked out and those before it. All bounded. */
export interface History {
  /** The commit that is checked out. */
  head(): string | undefined;
  /** Newest first. */
  renames(): readonly { readonly from: string; readonly to: string }[];
  /** Newest first; without `since` the whole history. */
  log(args: { since?: string; paths?: readonly string[]; max: number }): readonly LoggedCommit[];
  /** Lines that a commit added to these paths. */
  addedLines(commit: string, paths: readonly string[]): readonly string[];
  /** The newest reachable tag that reads as a version. */
  lastVersionTag(): string | undefined;
  /** Whether the checked-out commit is it or comes after it. */
  has(commit: string): boolean;
  /** Text of a file at a commit. */
  readAt(commit: string, path: string): string | undefined;
  /** Tracked files that are ignored, and the rule that says so. */
  trackedIgnored(): readonly { readonly path: string; readonly source: string; readonly line: number; readonly pattern: string }[];
}

/** What one command did in the rehearsal. */
export interface Rehearsed {
  /** `null`: it did not end in its time. */
  readonly exitCode: number | null;
  /** Bounded, standard output and error. */
  readonly output: string;
  /** Tracked files that it changed, with their new text. Removed and binary ones are left out. */
  readonly changed: ReadonlyMap<string, string>;
}

/** Running the repository's own commands, always on a scratch copy of the tree. */
export interface Rehearsal {
  /** The copy is fresh for each call. `undefined`: the tree is too large to copy, or the time for commands is used up. */
  run(command: string, args: { seconds: number }): Promise<Rehearsed | undefined>;
  /** Whether a program is there, on PATH or in the repository's own `node_modules/.bin`. */
  hasProgram(name: string): boolean;
  /** Installed Python packages, by their names as PEP 503 normalises them. Empty without Python. */
  pythonVersions(): ReadonlyMap<string, string>;
}

export interface RepositoryCheck {
  readonly name: string;
  readonly run: string;
  readonly kind?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** Everything a chore may look at. */
export interface ChoreWorld {
  readonly tree: Tree;
  readonly history: History;
  readonly rehearsal: Rehearsal;
  /** YYYY-MM-DD: given by the caller, else the commit's. Never the clock. */
  readonly today: string;
  readonly checks: readonly RepositoryCheck[];
  /** `home`, or the attached repository's name. */
  readonly repository: string;
}

/**
 * A built-in chore: pure over what it is given. `find` after `fix` finds nothing that `fix` could mend, and `fix` twice
 * does no more than once.
 */
export interface Chore {
  readonly id: string;
  find(world: ChoreWorld): Promise<readonly ChoreFinding[]>;
  fix(world: ChoreWorld, args: ChoreArgs): Promise<Fix>;
  /** Reasons why it is not done; none: it is. */
  check(world: ChoreWorld, args: ChoreArgs): Promise<readonly string[]>;
}

/** Findings of one chore in one run, at most. */
export const findingsMax = 200;
