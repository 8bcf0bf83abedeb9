import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { MosError } from "../../contract/error.ts";
import type { PlannedFile } from "../../core/workspace/home-files.ts";
import type { Git, Repo } from "../../port/git.ts";

interface Place {
  readonly git: Git;
  readonly repo: Repo;
  readonly branch: string;
  readonly tip: string;
}

/**
 * Refuses where a planned file would meet something of the operator's: tracked (a file where a folder must be) or lying
 * uncommitted in the checkout.
 *
 * @throws MosError `path-clash`, `local-edits-overlap`, each naming the paths
 */
export async function refuseOverlap(place: Place, files: readonly PlannedFile[]): Promise<void> {
  const tracked = new Set((await place.repo.listTree(place.tip)).map(({ path }) => path));
  const blocking = files.flatMap(({ path }) => parentsOf(path).filter((parent) => tracked.has(parent)));
  if (blocking.length > 0)
    throw new MosError({
      code: "path-clash",
      message: `${place.repo.path}: ${[...new Set(blocking)].join(", ")} is a file, where a domain's home has a folder`,
      hint: "Rename it in a commit, then try again.",
    });
  for (const checkout of await findCheckouts(place)) {
    const met = await findInTheWay(place.git.at(checkout), files);
    if (met.length > 0) throw overlapError(checkout, met);
  }
}

async function findInTheWay(checkout: Repo, files: readonly PlannedFile[]): Promise<string[]> {
  const met: string[] = [];
  for (const file of files) {
    for (const folder of parentsOf(file.path)) {
      const found = await lstat(join(checkout.path, folder)).catch(() => undefined);
      if (found && !found.isDirectory()) met.push(folder);
    }
    const lies = await lstat(join(checkout.path, file.path)).catch(() => undefined);
    if (lies && !(await isStagedAlready(checkout, file))) met.push(file.path);
  }
  return met;
}

/** A `mos domain add` that was killed before main moved left exactly this file staged. */
async function isStagedAlready(checkout: Repo, file: PlannedFile): Promise<boolean> {
  const text = await readFile(join(checkout.path, file.path), "utf8").catch(() => undefined);
  if (text !== file.content) return false;
  const id = (await checkout.run(["hash-object", "--stdin"], { input: file.content })).stdout.trim();
  return (await checkout.run(["ls-files", "--stage", "--", `:(literal)${file.path}`])).stdout.startsWith(`100644 ${id} 0\t`);
}

/**
 * Adds `files` to the branch in one commit by the operator, on top of `tip`, and gives its id. The operator's index and
 * working tree are not used to make it. Where the branch is checked out, that checkout is brought forward first, as
 * `git read-tree -m -u` does, keeping every edit; then the branch moves by compare-and-swap. A crash between the two
 * leaves the new files staged in the checkout, and the next try goes on from there.
 *
 * @throws MosError `repository-moved`, `local-edits-overlap`
 */
export async function landHomeFiles(place: Place, args: { files: readonly PlannedFile[]; message: string }): Promise<string> {
  const { repo, branch, tip } = place;
  const tree = await repo.editTree(tip, Object.fromEntries(args.files.map(({ path, content }) => [path, content])));
  const commit = await repo.commitTree({ tree, parents: [tip], message: args.message });
  await moveBranch(place, { from: tip, to: commit });
  return commit;

  async function moveBranch(at: Place, move: { from: string; to: string }): Promise<void> {
    const checkouts = await findCheckouts(at);
    if ((await repo.resolve(`refs/heads/${branch}`)) !== move.from) throw movedError(at);
    for (const checkout of checkouts) await bringForward(at.git, checkout, move);
    const moved = await repo.updateRefs([{ ref: `refs/heads/${branch}`, ...move }], "mos: domain add");
    if (moved.kind === "moved") return;
    for (const checkout of checkouts) await bringForward(at.git, checkout, { from: move.to, to: move.from });
    throw movedError(at);
  }
}

/** Takes the commit of `landHomeFiles` back, if nothing came after it. Gives whether it did. */
export async function takeBack(place: Place, commit: string): Promise<boolean> {
  const { repo, branch, tip } = place;
  if ((await repo.resolve(`refs/heads/${branch}`)) !== commit) return false;
  for (const checkout of await findCheckouts(place)) await bringForward(place.git, checkout, { from: commit, to: tip });
  return (await repo.updateRefs([{ ref: `refs/heads/${branch}`, from: commit, to: tip }], "mos: domain add taken back")).kind === "moved";
}

async function bringForward(git: Git, checkout: string, move: { from: string; to: string }): Promise<void> {
  try {
    await git.at(checkout).run(["read-tree", "-m", "-u", move.from, move.to]);
  } catch (error) {
    if (!(error instanceof MosError) || !/overwritten|not uptodate|removed by merge/i.test(error.message)) throw error;
    const changed = await git.at(checkout).changedPaths(move);
    throw overlapError(
      checkout,
      changed.map(({ path }) => path),
    );
  }
}

/** The folders where the branch is checked out; none for a bare repository. */
async function findCheckouts({ repo, branch }: Place): Promise<string[]> {
  const text = (await repo.run(["worktree", "list", "--porcelain", "-z"])).stdout;
  return text.split("\0\0").flatMap((block) => {
    const rows = block.split("\0");
    const path = rows.find((row) => row.startsWith("worktree "))?.slice("worktree ".length);
    return path && rows.includes(`branch refs/heads/${branch}`) && !rows.includes("bare") ? [path] : [];
  });
}

function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function overlapError(checkout: string, paths: readonly string[]): MosError {
  const names = [...new Set(paths)].join(", ");
  return new MosError({
    code: "local-edits-overlap",
    message: `${checkout} holds uncommitted ${names}, which mos domain add would write`,
    hint: "Commit or move what is yours there, then try again. Nothing was changed.",
  });
}

function movedError({ repo, branch }: Place): MosError {
  return new MosError({
    code: "repository-moved",
    message: `${branch} of ${repo.path} moved since the plan was shown`,
    hint: "Run mos domain add again to see the plan for what is there now.",
  });
}
