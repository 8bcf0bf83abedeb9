import type { Repo } from "../../port/git.ts";

/** More merges than this in one piece of work are not looked through: it is refused. */
const mergesMax = 200;

/**
 * Whether a merge within the work dropped what had landed (G1b): the work brought a newer main in, and kept its own files instead, as
 * `git merge -s ours` does. Its change then reads as if it were the work's own, so that no tree tells. Looked at is each merge of the
 * work's own: a path that main had changed, which is there as the other side had it though git, merging them, makes
 * something else of it. A path in which the two sides conflict is what a person made of it; one that is as main has it in the
 * end is no loss. `undefined` where nothing was dropped, else the reason.
 */
export async function findDropped(git: Repo, args: { main: string; work: string; base: string }): Promise<string | undefined> {
  const { main, work, base } = args;
  const [only, ...more] = (await git.commitFacts(work))?.parents ?? [];
  if (only === base && more.length === 0) return undefined;
  const listed = await git.run(["rev-list", "--merges", `--max-count=${mergesMax + 1}`, work, `^${main}`]);
  const merges = listed.stdout.split("\n").filter((id) => id !== "");
  if (merges.length > mergesMax) return `its work holds over ${mergesMax} merges, too many to see whether one dropped what had landed`;
  for (const merge of merges) {
    const paths = await findDroppedBy(git, { main, work, merge });
    if (paths.length > 0)
      return `its merge ${merge.slice(0, 12)} has main's changes behind it and drops them: it would undo what landed in ${nameSome(paths)}`;
  }
  return undefined;
}

/** Of two sides, the one that knows more of main against the other. */
async function findDroppedBy(git: Repo, args: { main: string; work: string; merge: string }): Promise<string[]> {
  const parents = (await git.commitFacts(args.merge))?.parents ?? [];
  const sides = await Promise.all(parents.map(async (commit) => ({ commit, landed: await git.mergeBase(args.main, commit) })));
  for (const newer of sides) {
    for (const older of sides) {
      if (newer.landed === undefined || newer.landed === older.landed) continue;
      const isBehind = older.landed === undefined || (await git.isAncestor({ ancestor: older.landed, descendant: newer.landed }));
      const paths = isBehind ? await compareSides(git, { ...args, newer: newer.commit, landed: newer.landed, older }) : [];
      if (paths.length > 0) return paths;
    }
  }
  return [];
}

async function compareSides(
  git: Repo,
  args: {
    work: string;
    merge: string;
    newer: string;
    /** The newest of main that `newer` has. */
    landed: string;
    older: { commit: string; landed: string | undefined };
  },
): Promise<string[]> {
  const { work, merge, newer, landed, older } = args;
  const list = async (from: string, to: string) => (await git.changedPaths({ from, to })).map(({ path }) => path);
  const came = await list(older.landed ?? older.commit, landed);
  if (came.length === 0) return [];
  // Histories that share nothing cannot be merged by git either: there all of main's is what a merge should have.
  const asGit =
    older.landed === undefined ? { kind: "clean" as const, tree: newer } : await git.mergeTree({ ours: older.commit, theirs: newer });
  const changedByMerge = new Set(await list(older.commit, merge));
  const changedByGit = new Set(await list(older.commit, asGit.tree));
  const conflicting = new Set(asGit.kind === "conflict" ? asGit.paths : []);
  const amiss = new Set(await list(landed, work));
  return came.filter((path) => changedByGit.has(path) && !changedByMerge.has(path) && !conflicting.has(path) && amiss.has(path));
}

export function nameSome(paths: readonly string[]): string {
  return paths.slice(0, 10).join(", ") + (paths.length > 10 ? ` and ${paths.length - 10} more` : "");
}
