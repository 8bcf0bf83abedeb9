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

/**
 * After a crash: completes what `moveWithCheckout` began. Each changed file that still holds the old text gets the new one, and so
 * does one that git had just taken away, or had written a part of; one that holds the new text is left; one that holds anything
 * else is the operator's edit, left and named. May be repeated.
 */
export async function mendCheckout(args: {
  git: Git;
  clock: Clock;
  checkout: Checkout;
  from: string;
  to: string;
  mark: string;
  landed: boolean;
}): Promise<string[]> {
  const { git, checkout, from, to } = args;
  const repo = git.at(checkout.path);
  const lock = `${checkout.index}.lock`;
  const ours = (await readFile(lock, "utf8").catch(() => "")) === args.mark;
  const edited: string[] = [];
  if (ours) await dropScratchLock(checkout, args.clock);
  if (args.landed && ours) {
    await repo.run(["read-tree", "-i", "-m", from, to], { env: { GIT_INDEX_FILE: await copyIndex(checkout) } });
    await rename(`${checkout.index}.mos`, checkout.index);
    for (const change of await repo.changedPaths({ from, to })) {
      const holds = await readWorkingBlob(repo, checkout.path, change.path);
      const [old, next] = await Promise.all([from, to].map((commit) => blobOf(repo, commit, change.path)));
      // The same text with another mode loses nothing by being written again.
      if (holds === next && (next === undefined || change.oldMode === change.newMode)) continue;
      const isHalf = next !== undefined && (holds === undefined || (await isPartOf(repo, { root: checkout.path, path: change.path, to })));
      if (holds !== old && holds !== next && !isHalf) edited.push(change.path);
      else if (next === undefined) await rm(resolve(checkout.path, change.path), { force: true });
      else await repo.run(["checkout-index", "-f", "--", change.path], { env: { GIT_INDEX_FILE: checkout.index } });
    }
  }
  if (ours) await rm(lock, { force: true });
  await rm(`${checkout.index}.mos`, { force: true });
  return edited;
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

async function blobOf(repo: Repo, commit: string, path: string): Promise<string | undefined> {
  return repo.resolve(`${commit}:${path}`);
}
