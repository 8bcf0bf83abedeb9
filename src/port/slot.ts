import type { RepoHandle } from "../contract/config.ts";
import type { BoxResult, Mount } from "./box.ts";

/** Where in the box the tree of a slot lies. */
export const treeInBox = "/work/tree";

/** With a slot's id: the note that says whose unfinished work lies in it. Whoever claims the slot for something else removes it. */
export const leftInSlot = "left-in-slot:";

export interface SlotRun {
  /** By `sh -c`, at the tree's root. */
  readonly command: string;
  readonly wallMs: number;
  /** Whether the tree may be written. Default no. */
  readonly writable?: boolean;
  /** Paths (folders or files) of the tree that stay read-only all the same: `wiki`. */
  readonly readOnly?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly logFile?: string;
  readonly signal?: AbortSignal;
  readonly onOutput?: (text: string) => void;
}

/** What a box of another make (a client's) is to show of a slot: the tree, and git over it, as `run` shows them. */
export interface SlotView {
  readonly mounts: readonly Mount[];
  readonly roots: readonly string[];
  readonly tmpfs: readonly string[];
  readonly asUid?: number;
}

/**
 * A warm working tree of one repository, kept between tickets (G5). Its git folder is its own (objects of the
 * repository are seen read-only), so nothing that runs in it can reach the operator's `.git`.
 */
export interface Slot {
  readonly id: string;
  readonly repo: RepoHandle;
  /** Brings the tree to exactly `commit`, cleaned of everything else; what `setup` made is put back read-only. */
  prepare(commit: string): Promise<void>;
  /**
   * Brings the tree back to the prepared commit, cleaned as `prepare` does; gives the files of the commit that were changed or
   * gone, at most some 100.
   */
  restore(): Promise<string[]>;
  /**
   * A run that may write the tree sees a git folder of its own, which lives until the next `prepare`: it may commit,
   * branch, stash and merge there, and nothing of it but the tree is ever read. Settings of agents in the tree are read-only;
   * in a ticket's slot they cannot be made where they are missing either.
   */
  run(run: SlotRun): Promise<BoxResult>;
  show(run: Pick<SlotRun, "writable" | "readOnly">): Promise<SlotView>;
  /**
   * Commits whatever the tree holds on top of the prepared commit and imports it into the repository by pack,
   * strictly checked. Nothing changed: `empty`.
   *
   * @param inspect  sees the change as a diff before anything of it reaches the repository; what it throws keeps it out. A
   *   diff that is too large to be seen whole is kept out too (`work-refused`)
   */
  collect(args: {
    message: string;
    ref: string;
    inspect?: (diff: string) => void;
  }): Promise<{ kind: "commit"; commit: string; tree: string } | { kind: "empty" }>;
}

/** A slot, or what a `setup` made. */
export interface KeptFolder {
  readonly kind: "slot" | "setup";
  /** `domain/repo/number` of a slot, `domain/repo/hash` of an output. */
  readonly id: string;
  readonly path: string;
  /** On the disk, as last counted; 0 where it never was. */
  readonly bytes: number;
  /** By the clock that files are dated by. */
  readonly usedMs: number;
  /** A slot that somebody holds or left work in; an output, whose repository has a slot that somebody holds. */
  readonly inUse: boolean;
}

export interface Slots {
  /**
   * Waits for a free slot of the repository (bounded by `limits.slotsPerRepo`), gives it, and frees it afterwards.
   *
   * @param ticket  whose work it is: its branch is then `agent/<ticket>/work`
   * @param signal  ends the wait, and a `setup` that runs; the slot's other verbs take their own
   */
  withSlot<T>(
    args: { repo: RepoHandle; purpose: string; ticket?: string; signal?: AbortSignal },
    body: (slot: Slot) => Promise<T>,
  ): Promise<T>;
  /**
   * A slot as a worker that died left it: nothing is cleaned, and what `collect` takes is on top of `base`, which it was
   * prepared at. `undefined` where somebody holds it, or it is not whole.
   */
  withLeft<T>(
    args: { repo: RepoHandle; slot: string; base: string },
    body: (slot: Pick<Slot, "collect">) => Promise<T>,
  ): Promise<T | undefined>;
  /**
   * The uid and gid of the host that a domain's commands run as: a sealed one has its own. Absent where Master OS is not root,
   * since all is then one user's.
   */
  ownerOf(domain: { readonly name: string; readonly sealed: boolean }): number | undefined;
  /** Slots on disk that no configured repository owns, and half-made ones. */
  stray(): Promise<string[]>;
  removeStray(): Promise<string[]>;
  /** What is kept on the disk (G5d). `anew`: what was used since it was counted is counted again, at most every ten minutes. */
  kept(args: { anew: boolean }): Promise<readonly KeptFolder[]>;
  /** Removes what was not used for the longest, and is not in use, until no more than `limits.diskMb` is kept; gives what went. */
  boundKept(): Promise<readonly KeptFolder[]>;
}
