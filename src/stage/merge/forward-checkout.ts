import { copyFile, lstat, readFile, readlink, rename, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Clock } from "../../port/clock.ts";
import type { Git, Repo } from "../../port/git.ts";

/** The operator's working tree that has a branch checked out. */
export interface Checkout {
  readonly path: string;
  readonly index: string;
}

const lockWaitMs = 5000;

/** Where `branch` is checked out; `undefined` for nowhere (a bare repository, another branch, detached). */
export async function findCheckout(git: Git, repo: Repo, branch: string): Promise<Checkout | undefined> {
  const { stdout } = await repo.run(["worktree", "list", "--porcelain", "-z"]);
  for (const block of stdout.split("\0\0")) {
    const rows = block.split("\0");
    const path = rows.find((row) => row.startsWith("worktree "))?.slice("worktree ".length);
    if (path === undefined || rows.includes("bare") || !rows.includes(`branch refs/heads/${branch}`)) continue;
    if (!(await stat(path).catch(() => undefined))) continue;
    const index = (await git.at(path).run(["rev-parse", "--git-path", "index"])).stdout.trim();
    return { path, index: resolve(path, index) };
  }
  return undefined;
}

export type Forwarded<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "overlap"; readonly paths: readonly string[] }
  | { readonly kind: "busy" };

/**
 * Moves a branch with `move` while the working tree that has it checked out is held by git's own index lock, then brings
 * that tree from `from` to `to` as `git read-tree -m -u` does: local edits elsewhere stay, none is overwritten, and no
 * `git commit -a` of the operator's can come between and undo the landing. Edits that overlap: `overlap`, and `move` is
 * not called. Git at work there for over 5 s: `busy`.
 *
 * A crash after `move` leaves the lock, marked as ours, and a tree that `mendCheckout` completes.
 *
 * @param move  answers whether the branch moved
 */
export async function moveWithCheckout<T extends { moved: boolean }>(args: {
  git: Git;
  clock: Clock;
  checkout: Checkout;
  from: string;
  to: string;
  mark: string;
  move: () => Promise<T>;
}): Promise<Forwarded<T>> {
  const { git, checkout, from, to } = args;
  const repo = git.at(checkout.path);
  const lock = `${checkout.index}.lock`;
  if (!(await takeLock(lock, args.mark, args.clock))) return { kind: "busy" };
  const scratch = `${checkout.index}.mos`;
  let between = false;
  try {
    await copyFile(checkout.index, scratch);
    const env = { GIT_INDEX_FILE: scratch };
    const isClear = async () =>
      (await repo.run(["read-tree", "--dry-run", "-m", "-u", from, to], { env, okExit: [0, 1, 128] })).exitCode === 0;
    // An index whose stat data is old may take a file for edited that is not: all are looked at anew where that is in the way.
    const refresh = () => repo.run(["update-index", "-q", "--refresh"], { env, okExit: [0, 1] });
    const clear = (await isClear()) || (await refresh().then(isClear));
    if (!clear) return { kind: "overlap", paths: await findOverlap(repo, { from, to }) };
    // Where it breaks off nobody knows whether main moved: then too the lock stays, and `mendCheckout` sees.
    between = true;
    const value = await args.move();
    if (value.moved) {
      await repo.run(["read-tree", "-m", "-u", from, to], { env });
      await rename(scratch, checkout.index);
    }
    between = false;
    return { kind: "done", value };
  } finally {
    await rm(scratch, { force: true });
    // Main moved, or may have, and the tree did not follow: the lock stays, so that nobody commits the old tree before it is mended.
    if (!between) await rm(lock, { force: true });
  }
}

/** A git that outlives us brings the tree forward to the same end: it gets this long. */
const gitEndsMs = 1500;

export type Mended =
  /** `edited`: files that hold the operator's own text where the landing changed something. */
  | { readonly kind: "mended"; readonly edited: readonly string[] }
  /** Somebody else holds git's index lock: nothing was done. */
  | { readonly kind: "busy"; readonly lock: string };

/**
 * After a crash: completes what `moveWithCheckout` began. Of the index, entries that are still the old ones become the new; each
 * such file that still holds the old text gets the new one, and so does one that git had just taken away, or had written a part
 * of; one that holds the new text is left; one that holds anything else is the operator's edit, left and named. May be repeated.
 *
 * Where the lock with our mark is gone, the operator took it away, and may have worked on: then only what git itself still has as
 * it was before is brought forward, under a lock that is taken anew. A lock of theirs is waited for for 5 s.
 */
export async function mendCheckout(args: {
  git: Git;
  clock: Clock;
  checkout: Checkout;
  from: string;
  to: string;
  mark: string;
  landed: boolean;
}): Promise<Mended> {
  const { git, clock, checkout, from, to, mark } = args;
  const repo = git.at(checkout.path);
  const lock = `${checkout.index}.lock`;
  const ours = await isOurs(lock, mark);
  let edited: readonly string[] = [];
  if (ours) await dropScratchLock(checkout, clock);
  if (args.landed && (ours || (await findBehind(repo, { from, to })).all.length > 0)) {
    if (!ours && !(await takeLock(lock, mark, clock))) return { kind: "busy", lock };
    const { changes, all } = await findBehind(repo, { from, to });
    await forwardIndex(repo, checkout, all);
    const left = ours ? changes : all;
    edited = [
      ...(await forwardFiles(repo, { checkout, changes: left, to })),
      ...(await findOwn(repo, checkout, { changes, besides: left })),
    ];
  } else if (args.landed) edited = await findOwn(repo, checkout, { changes: await listChanges(repo, { from, to }), besides: [] });
  if (await isOurs(lock, mark)) await rm(lock, { force: true });
  await rm(`${checkout.index}.mos`, { force: true });
  return { kind: "mended", edited };
}

async function isOurs(lock: string, mark: string): Promise<boolean> {
  return (await readFile(lock, "utf8").catch(() => "")) === mark;
}

/** What a landing does to one path; a side without the path has no id. */
interface Change {
  readonly path: string;
  readonly old: { readonly mode: string; readonly id: string | undefined };
  readonly next: { readonly mode: string; readonly id: string | undefined };
}

async function listChanges(repo: Repo, { from, to }: { from: string; to: string }): Promise<Change[]> {
  const { stdout } = await repo.run(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to]);
  const words = stdout.split("\0");
  const changes: Change[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [oldMode = "", nextMode = "", oldId = "", nextId = ""] = (words[at] ?? "").slice(1).split(" ");
    const idOf = (mode: string, id: string) => (/^0+$/.test(mode) ? undefined : id);
    const [old, next] = [
      { mode: oldMode, id: idOf(oldMode, oldId) },
      { mode: nextMode, id: idOf(nextMode, nextId) },
    ];
    changes.push({ path: words[at + 1] ?? "", old, next });
  }
  return changes;
}

/** What the landing changes; and of that, what main has as it landed and the index still as it was before. */
async function findBehind(repo: Repo, range: { from: string; to: string }): Promise<{ changes: Change[]; all: Change[] }> {
  const changes = await listChanges(repo, range);
  const entries = new Map<string, string>();
  for (const row of (await repo.run(["ls-files", "-s", "-z"])).stdout.split("\0")) {
    const tab = row.indexOf("\t");
    if (tab > 0) entries.set(row.slice(tab + 1), row.slice(0, tab));
  }
  const moved = new Set((await repo.changedPaths({ from: range.to, to: "HEAD" })).map(({ path }) => path));
  const isOld = ({ path, old }: Change) => entries.get(path) === (old.id === undefined ? undefined : `${old.mode} ${old.id} 0`);
  return { changes, all: changes.filter((change) => !moved.has(change.path) && isOld(change)) };
}

/** In a copy that takes the index's place at once; what goes goes first, where a folder takes its name. */
async function forwardIndex(repo: Repo, checkout: Checkout, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = [
    ...changes.flatMap(({ path, old, next }) => (next.id === undefined ? [`0 ${(old.id ?? "").replace(/./g, "0")}\t${path}`] : [])),
    ...changes.flatMap(({ path, next }) => (next.id === undefined ? [] : [`${next.mode} ${next.id}\t${path}`])),
  ];
  const env = { GIT_INDEX_FILE: await copyIndex(checkout) };
  await repo.run(["update-index", "-z", "--index-info"], { env, input: rows.map((row) => `${row}\0`).join("") });
  await rename(`${checkout.index}.mos`, checkout.index);
}

/** Gives the paths that hold an edit. */
async function forwardFiles(
  repo: Repo,
  { checkout, changes, to }: { checkout: Checkout; changes: readonly Change[]; to: string },
): Promise<string[]> {
  const edited: string[] = [];
  for (const { path, old, next } of changes) {
    const holds = await readWorkingBlob(repo, checkout.path, path);
    // The same text with another mode loses nothing by being written again.
    if (holds === next.id && (next.id === undefined || old.mode === next.mode)) continue;
    const isHalf = next.id !== undefined && (holds === undefined || (await isPartOf(repo, { root: checkout.path, path, to })));
    if (holds !== old.id && holds !== next.id && !isHalf) edited.push(path);
    else if (next.id === undefined) await rm(resolve(checkout.path, path), { force: true });
    else await repo.run(["checkout-index", "-f", "--", path], { env: { GIT_INDEX_FILE: checkout.index } });
  }
  return edited;
}

/** Where the landing changed something that the operator's tree holds otherwise, and nobody but they can say what is meant. */
async function findOwn(
  repo: Repo,
  checkout: Checkout,
  { changes, besides }: { changes: readonly Change[]; besides: readonly Change[] },
): Promise<string[]> {
  const done = new Set(besides.map(({ path }) => path));
  const own: string[] = [];
  for (const { path, next } of changes)
    if (!done.has(path) && (await readWorkingBlob(repo, checkout.path, path)) !== next.id) own.push(path);
  return own;
}

/** What a git that was killed left beside our scratch index, in which no other git works. */
async function dropScratchLock(checkout: Checkout, clock: Clock): Promise<void> {
  const lock = `${checkout.index}.mos.lock`;
  const endsAt = clock.monotonicMs() + gitEndsMs;
  while ((await stat(lock).catch(() => undefined)) && clock.monotonicMs() < endsAt) await clock.sleep(50);
  await rm(lock, { force: true });
}

/**
 * Whether the file is the beginning of what it is to become: nobody's edit is lost where it is written whole. Both are read as
 * text, of which the last sign may be cut in two.
 */
async function isPartOf(repo: Repo, args: { root: string; path: string; to: string }): Promise<boolean> {
  const { stdout: whole, exitCode } = await repo.run(["cat-file", "blob", `${args.to}:${args.path}`], { okExit: [0, 128] });
  const found = await readFile(resolve(args.root, args.path), "utf8").catch(() => undefined);
  return exitCode === 0 && found !== undefined && whole.startsWith(found.replace(/\uFFFD{1,3}$/, ""));
}

async function copyIndex(checkout: Checkout): Promise<string> {
  await copyFile(checkout.index, `${checkout.index}.mos`);
  return `${checkout.index}.mos`;
}

async function takeLock(lock: string, mark: string, clock: Clock): Promise<boolean> {
  const endsAt = clock.monotonicMs() + lockWaitMs;
  for (;;) {
    try {
      await writeFile(lock, mark, { flag: "wx" });
      return true;
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
      if (clock.monotonicMs() > endsAt) return false;
      await clock.sleep(100);
    }
  }
}

async function findOverlap(repo: Repo, args: { from: string; to: string }): Promise<string[]> {
  const { staged, unstaged, untracked } = await repo.localEdits();
  const changed = new Set((await repo.changedPaths(args)).map((change) => change.path));
  const local = [...new Set([...staged, ...unstaged, ...untracked])];
  const overlap = local.filter(
    (path) => changed.has(path) || [...changed].some((one) => one.startsWith(`${path}/`) || path.startsWith(`${one}/`)),
  );
  return overlap.length > 0 ? overlap : local;
}

async function readWorkingBlob(repo: Repo, root: string, path: string): Promise<string | undefined> {
  const found = await lstat(resolve(root, path)).catch(() => undefined);
  if (!found) return undefined;
  // Of a link its own text is what git keeps, and not what it leads to.
  const { stdout } = found.isSymbolicLink()
    ? await repo.run(["hash-object", "--stdin"], { input: await readlink(resolve(root, path)) })
    : await repo.run(["hash-object", "--path", path, "--", path], { okExit: [0, 128] });
  return stdout.trim() || "unreadable";
}
