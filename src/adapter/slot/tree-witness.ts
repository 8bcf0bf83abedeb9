import { lstatSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Repo } from "../../port/git.ts";

/**
 * What was seen of the folders of a slot's tree when it was exactly `commit`, before anybody could write to it. A folder whose
 * stamp is the same holds the same names: every name that is made, taken or moved sets its change time, which no command can
 * set back. So only the others are looked through. Of the content of tracked files it says nothing; git's index does.
 */
export interface TreeWitness {
  readonly commit: string;
  /** Where setup's output is mounted: folders that are no part of the commit. */
  readonly mountPoints: string;
  /** By this machine's clock: nothing of the tree was written after it by what may write it. */
  readonly takenAtMs: number;
  /** By path from the tree's root, which is empty; each folder after the one it lies in. */
  readonly stamps: Map<string, string>;
}

/** What came into a tree since it was witnessed. */
export type Leftovers =
  | {
      readonly kind: "found";
      /** Paths that are not of the commit, or not as git makes them. */
      readonly paths: readonly string[];
      /** Folders that were looked through. */
      readonly folders: readonly string[];
    }
  /** Looked through as a whole it must be: too much changed, or something that cannot be judged by names. */
  | { readonly kind: "unsure" };

const gitFile = "gitdir: /work/git\n";

const foldersMax = 3000;
const pathsMax = 3000;
/**
 * Git tells whole seconds apart: what was changed in the second in which it was written passes there for unchanged. So a folder in which
 * anything was written lately is looked through, until that is well over.
 */
const settleMs = 2000;
/** Equal to no stamp: the folder is looked through the next time. */
const unsettled = "";

/** Stands in a name for bytes that are no UTF-8. */
const notText = "\uFFFD";

const unsure: Leftovers = { kind: "unsure" };

/**
 * What must go before `commit` is checked out over the tree, which the slot's index says is at `witness.commit`. Follows no
 * link, changes nothing; nothing may run in the tree meanwhile.
 *
 * @param repo  the operator's, for the listings of the commit
 */
export async function findLeftovers(args: { tree: string; repo: Repo; commit: string; witness: TreeWitness }): Promise<Leftovers> {
  const { tree, repo, commit, witness } = args;
  const paths: string[] = [];
  const looked: string[] = [];
  const points = new Set(witness.mountPoints.split("\n"));
  let open = listChanged(tree, witness);
  while (open && open.length > 0) {
    if (looked.length + open.length > foldersMax) return unsure;
    const listings = await repo.listFolders(commit, open);
    const next: string[] = [];
    for (const [index, folder] of open.entries()) {
      const listing = listings[index];
      looked.push(folder);
      if (!listing) {
        if (folder === "") return unsure;
        paths.push(folder);
        continue;
      }
      const names = readNames(join(tree, folder));
      if (!names || (folder === "" && !isGitFileWhole(tree))) return unsure;
      for (const name of names) {
        if (folder === "" && name === ".git") continue;
        const path = folder === "" ? name : `${folder}/${name}`;
        if (points.has(path) && isEmptyFolder(join(tree, path))) continue;
        const found = judgeEntry(lstatOf(join(tree, path)), listing.get(name), witness.takenAtMs);
        if (found === "unsure") return unsure;
        if (found === "stray") paths.push(path);
        else if (found === "folder" && !witness.stamps.has(path)) next.push(path);
      }
      if (paths.length > pathsMax) return unsure;
    }
    open = next;
  }
  return open ? { kind: "found", paths, folders: looked } : unsure;
}

/** Folders that are not as they were; `undefined` where one cannot be entered, or the root is another. */
function listChanged(tree: string, { stamps }: TreeWitness): string[] | undefined {
  const changed: string[] = [];
  let gone: string | undefined;
  for (const [folder, stamp] of stamps) {
    if (gone !== undefined && folder.startsWith(gone)) continue;
    const found = lstatOf(folder === "" ? tree : `${tree}/${folder}`);
    if (!found?.isDirectory()) {
      if (folder === "") return undefined;
      gone = `${folder}/`;
      continue;
    }
    if (stampOf(found) === stamp) continue;
    if (isOdd(found)) return undefined;
    changed.push(folder);
  }
  return changed;
}

type Judged = "kept" | "stray" | "folder" | "unsure";

/** @param mode  git's, of what the commit has there */
function judgeEntry(found: Stats | undefined, mode: string | undefined, takenAtMs: number): Judged {
  if (!found) return "unsure";
  if (found.isDirectory()) {
    if (isOdd(found) || mode === "160000") return "unsure";
    return mode === "040000" ? "folder" : "stray";
  }
  // A second name of a file may be another ticket's hold on it: it goes, and git writes one of its own.
  const isOwn = found.nlink === 1 && found.ctimeMs <= takenAtMs;
  if (mode === "120000") return found.isSymbolicLink() && isOwn ? "kept" : "stray";
  if (mode === "100644" || mode === "100755") return found.isFile() && isOwn ? "kept" : "stray";
  return mode === "160000" ? "unsure" : "stray";
}

/** `undefined` where one is no text: it could not be named to be removed. */
function readNames(path: string): string[] | undefined {
  const names: string[] = [];
  for (const bytes of readdirSync(path, { encoding: "buffer" })) {
    const name = bytes.toString("utf8");
    if (!Buffer.from(name, "utf8").equals(bytes)) return undefined;
    names.push(name);
  }
  return names;
}

function isEmptyFolder(path: string): boolean {
  const found = lstatOf(path);
  return found?.isDirectory() === true && !isOdd(found) && readdirSync(path).length === 0;
}

function isGitFileWhole(tree: string): boolean {
  const path = join(tree, ".git");
  const found = lstatOf(path);
  return found?.isFile() === true && found.nlink === 1 && found.size < 100 && readFileSync(path, "utf8") === gitFile;
}

/**
 * Takes down a tree that is exactly `commit` now and that nobody can write yet. Folders that were witnessed before and not
 * looked through keep their stamps: what git itself did to them since is looked through the next time.
 */
export function renewWitness(args: { tree: string; commit: string; before: TreeWitness; folders: readonly string[] }): TreeWitness {
  const { tree, commit, folders } = args;
  const { stamps, mountPoints } = args.before;
  for (const folder of folders) {
    const stamp = takeStamp(tree, folder);
    if (stamp === undefined) stamps.delete(folder);
    else stamps.set(folder, stamp);
  }
  return { commit, mountPoints, stamps, takenAtMs: Date.now() };
}

/**
 * The same of a tree that was looked through as a whole; `undefined` where a folder of it cannot be told by its name, since
 * that is no text: what is put there later would be seen by nobody.
 */
export async function takeWitness(args: {
  tree: string;
  repo: Repo;
  commit: string;
  mountPoints: string;
}): Promise<TreeWitness | undefined> {
  const { tree, repo, commit, mountPoints } = args;
  const stamps = new Map<string, string>();
  for (const folder of ["", ...(await repo.listFoldersBelow(commit))]) {
    const stamp = takeStamp(tree, folder);
    if (stamp === undefined || folder.includes(notText)) return undefined;
    stamps.set(folder, stamp);
  }
  return { commit, mountPoints, stamps, takenAtMs: Date.now() };
}

function takeStamp(tree: string, folder: string): string | undefined {
  const found = lstatOf(folder === "" ? tree : `${tree}/${folder}`);
  if (!found?.isDirectory()) return undefined;
  return Date.now() - found.ctimeMs > settleMs ? stampOf(found) : unsettled;
}

function stampOf(found: Stats): string {
  return `${found.ino} ${found.ctimeMs} ${found.mode}`;
}

/** Not as git makes a folder here: what is closed must be opened before it can be looked through, and a mode may tell something. */
function isOdd(found: Stats): boolean {
  return (found.mode & 0o7777) !== 0o755;
}

/** What lies there itself; `undefined` also for what cannot be looked at. */
function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
