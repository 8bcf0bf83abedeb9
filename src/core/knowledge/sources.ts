/** What came of looking for a text. `unreachable`: it cannot be looked up from here (in the tool box there is no store). */
export type Lookup =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/**
 * A record of the store. `gone`: the log says that it was kept here, and it is here no more.
 * `file`: it is a file of a repository, and stands or falls with what the head says. `lost`: this is what is left of it.
 */
export type KeptLookup =
  | {
      readonly kind: "text";
      readonly text: string;
      readonly file?: { readonly commit: string; readonly path: string };
      readonly lost?: string;
    }
  | { readonly kind: "gone"; readonly reason: string }
  | Exclude<Lookup, { kind: "text" }>;

/**
 * Where citations lead: the repositories, tickets and artifacts of one silo. Every reader of it stays inside that silo.
 * A commit is looked for in each of the domain's repositories: ids are unique.
 */
export interface Sources {
  /** The repository on whose branch the commit lies, by the domain's name for it, and the commit that its branch is at. */
  place(commit: string): Promise<{ readonly repository: string; readonly tip: string } | undefined>;
  /** The file at that commit. Absent too when the commit is not part of what landed. */
  fileAt(commit: string, path: string): Promise<Lookup>;
  /** The file as it is now, at the head of the repository that has `commit`. */
  fileNow(commit: string, path: string): Promise<Lookup>;
  /** Files, at the head of the repository that has `commit`, that contain this one line somewhere; bounded. Never below `wiki/`. */
  filesWith(commit: string, line: string): Promise<readonly string[]>;
  /** All that is kept of a merged ticket. */
  ticket(id: string): Promise<KeptLookup>;
  artifact(id: string): Promise<KeptLookup>;
}
