/** A commit as read from the object store. Its text is untrusted. */
export interface Commit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: string;
  /** ISO 8601. */
  readonly at: string;
  readonly subject: string;
  readonly body: string;
  /** `Ticket: MUS-12` → { key: "Ticket", value: "MUS-12" }. */
  readonly trailers: readonly { readonly key: string; readonly value: string }[];
}

/** What a commit holds and stands on, without its words. */
export type CommitFacts = Pick<Commit, "tree" | "parents">;

export interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly id: string;
  readonly path: string;
}

export interface ChangedPath {
  /** A added, M modified, D deleted, T type changed. Renames come as D and A. */
  readonly status: "A" | "M" | "D" | "T";
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
}

export interface RefChange {
  readonly ref: string;
  /** `undefined` deletes. */
  readonly to: string | undefined;
  /** What it must be now: an id, or `undefined` for absent. Always checked. */
  readonly from: string | undefined;
}

export interface LocalEdits {
  /** Paths whose index differs from HEAD. */
  readonly staged: readonly string[];
  /** Paths whose working file differs from the index. */
  readonly unstaged: readonly string[];
  readonly untracked: readonly string[];
}

/**
 * One repository of the operator's, used through the host's git with a clean environment, no hooks, no pager, no
 * fsmonitor and no credentials. Never pointed at a tree that an agent can write.
 * Errors: `git-failed` with git's own words; `not-a-repository`.
 */
export interface Repo {
  readonly path: string;
  /** Absolute; the common git folder. */
  gitDir(): Promise<string>;
  /** `branch` is absent when detached, `commit` when unborn. */
  head(): Promise<{ branch?: string; commit?: string }>;
  resolve(revision: string): Promise<string | undefined>;
  commit(id: string): Promise<Commit>;
  /** The same without a process for each, by a whole id; `undefined` for what is none. */
  commitFacts(id: string): Promise<CommitFacts | undefined>;
  /** Newest first. `range` as git takes it: `a..b`, an id. */
  log(range: string, options?: { max?: number; firstParent?: boolean; paths?: readonly string[] }): Promise<Commit[]>;
  isAncestor(args: { ancestor: string; descendant: string }): Promise<boolean>;
  mergeBase(a: string, b: string): Promise<string | undefined>;
  changedPaths(args: { from: string; to: string }): Promise<ChangedPath[]>;
  /** Recursive. */
  listTree(treeish: string, prefix?: string): Promise<TreeEntry[]>;
  /** What lies in each folder (empty: the root): git's mode by name; `undefined` where the commit has no such folder. */
  listFolders(commit: string, folders: readonly string[]): Promise<(ReadonlyMap<string, string> | undefined)[]>;
  /** All folders of a tree but its root, each after the one it lies in. */
  listFoldersBelow(treeish: string): Promise<string[]>;
  /** The file's text, or `undefined` when it is not there, not a file, or over 5 MB. */
  readFile(treeish: string, path: string): Promise<string | undefined>;
  /** The texts of many blobs by their ids, read by one process; `undefined` for one that is not there or over 5 MB. */
  readBlobs(ids: readonly string[]): Promise<(string | undefined)[]>;
  /**
   * Unified diff, text, no colour, bounded to `maxBytes` (default 5 MB). With `binary`, what git or `.gitattributes` takes
   * for binary is shown line by line too: a judge may not be blinded by a NUL byte.
   */
  diff(args: { from: string; to: string; paths?: readonly string[]; binary?: boolean; maxBytes?: number }): Promise<string>;
  /**
   * What a merge would give, without a checkout (G1): of the commits as they are, whatever the repository's or the person's
   * settings, attributes, merge drivers, replacements or grafts say (G1a). Of a conflict, `tree` is merged but for those paths.
   */
  mergeTree(args: {
    ours: string;
    theirs: string;
    base?: string;
  }): Promise<{ kind: "clean"; tree: string } | { kind: "conflict"; tree: string; paths: string[] }>;
  /** `treeish` with these files replaced, by a text or as another tree has them (or removed, `undefined`); gives the new tree's id. */
  editTree(treeish: string, files: Readonly<Record<string, string | Pick<TreeEntry, "mode" | "id"> | undefined>>): Promise<string>;
  commitTree(args: { tree: string; parents: readonly string[]; message: string; author?: string; date?: string }): Promise<string>;
  writeBlob(content: string): Promise<string>;
  refs(prefix: string): Promise<{ ref: string; id: string }[]>;
  /** One transaction with compare-and-swap on each. */
  updateRefs(changes: readonly RefChange[], reason: string): Promise<{ kind: "moved" } | { kind: "stale"; detail: string }>;
  /** user.name and user.email as git would use them; `undefined` when git would refuse to commit. */
  identity(): Promise<{ name: string; email: string } | undefined>;
  localEdits(): Promise<LocalEdits>;
  /** Git itself, for what has no verb here. Arguments are never built from untrusted text without `--`. */
  run(
    args: readonly string[],
    options?: { input?: string | Uint8Array; env?: Record<string, string>; okExit?: readonly number[] },
  ): Promise<{ stdout: string; exitCode: number }>;
}

/** A commit as its object says. */
export interface HistoryCommit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
}

/**
 * What a repository's refs and objects say, and nothing else of it: no settings, replacements, grafts or cached graph. Of a
 * copy that an enemy made it can be wrong in what it leaves out, never in what an id stands for: each object's id is
 * computed again. Writes nothing.
 */
export interface History {
  refs(prefix: string): Promise<{ ref: string; id: string }[]>;
  /** Whether this very object is there. */
  has(id: string): Promise<boolean>;
  /** All commits behind `to` that are not behind `from`. */
  commits(args: { to: string; from?: string; firstParent?: boolean }): Promise<HistoryCommit[]>;
  /** `undefined` for one that is not there, no blob, larger than 1 MB, or other than its id says. */
  readBlobs(ids: readonly string[]): Promise<(string | undefined)[]>;
}

export interface Git {
  version(): Promise<string>;
  at(path: string): Repo;
  /**
   * Reads history. Throws `history-unreadable` where the folder holds what no git folder does.
   *
   * @param gitDir  the common git folder: of a repository, or of a copy that nobody vouches for
   */
  readHistory<T>(gitDir: string, body: (history: History) => Promise<T>): Promise<T>;
  /** Whether `path` is the top of a repository's working tree, or a bare repository. */
  isRepository(path: string): Promise<boolean>;
  /** `git init` with branch `main`, in an existing or new folder. */
  init(path: string): Promise<Repo>;
}
