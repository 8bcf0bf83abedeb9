import { MosError } from "../../contract/error.ts";
import type { Git } from "../../port/git.ts";

/**
 * A new repository at `path` (which must be absent or empty) whose main holds `files` in one commit by the operator.
 * Gives the commit's id. A caller makes it in a folder of its own and renames that, so that a crash leaves no half.
 *
 * @throws MosError `no-git-identity`, `git-failed`
 */
export async function startRepository(
  git: Git,
  args: { path: string; files: readonly { path: string; content: string }[]; message: string },
): Promise<string> {
  const repo = await git.init(args.path);
  if (!(await repo.identity())) throw noIdentity(args.path);
  const emptyTree = (await repo.run(["mktree"], { input: "" })).stdout.trim();
  const tree = await repo.editTree(emptyTree, Object.fromEntries(args.files.map(({ path, content }) => [path, content])));
  const commit = await repo.commitTree({ tree, parents: [], message: args.message });
  await repo.updateRefs([{ ref: "refs/heads/main", to: commit, from: undefined }], "mos: begin");
  await repo.run(["read-tree", "-m", "-u", "HEAD"]);
  return commit;
}

/** Git would refuse to commit at `path`. */
export function noIdentity(path: string): MosError {
  return new MosError({
    code: "no-git-identity",
    message: `git does not know who you are: no user.name and user.email for ${path}`,
    hint: 'Run git config --global user.name "Your Name" and git config --global user.email you@example.com, then try again.',
  });
}
