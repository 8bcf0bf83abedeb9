import { readFile, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { RepoHandle, Workspace } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { Repo } from "../../port/git.ts";

/**
 * Two domains may not share a repository, nor lie one in the other, nor around the workspace (I1).
 *
 * @param path  without symbolic links
 * @throws MosError `repository-taken`, `repository-nested`
 */
export async function refuseTaken(workspace: Workspace, path: string): Promise<void> {
  const root = await realpath(workspace.root);
  if (isInside(root, path) || isInside(path, join(root, ".mos")))
    throw new MosError({
      code: "repository-nested",
      message: isInside(root, path) ? `${path} holds the workspace ${root}` : `${path} lies in the workspace's state folder`,
      hint: "Give a repository beside the workspace, or a folder of its own inside it.",
    });
  for (const other of listRepos(workspace)) {
    const otherPath = await realpath(other.path).catch(() => other.path);
    if (otherPath === path)
      throw new MosError({
        code: "repository-taken",
        message: `${path} is the repository of '${other.lane}' already`,
        hint: "Give the new domain a repository of its own: silos cannot share one.",
      });
    if (isInside(otherPath, path) || isInside(path, otherPath))
      throw new MosError({
        code: "repository-nested",
        message: `${path} and the repository of '${other.lane}' (${otherPath}) lie one inside the other`,
        hint: "Move one of them out: a silo may not hold another.",
      });
  }
}

/**
 * Ways from one silo's repository into another's that git itself would follow: remotes and borrowed objects.
 *
 * @throws MosError `repository-linked`
 */
export async function refuseLinks(args: { workspace: Workspace; repo: Repo; path: string; gitDir: string }): Promise<void> {
  const { workspace, repo, path, gitDir } = args;
  const others = await Promise.all(
    listRepos(workspace).map(async (other) => {
      const otherPath = await realpath(other.path).catch(() => other.path);
      // A linked worktree cannot be a domain's repository: the git folder is here, or it is bare.
      return { lane: other.lane, path: otherPath, gitDir: await realpath(join(otherPath, ".git")).catch(() => undefined) };
    }),
  );
  const remotes = (await repo.run(["config", "--get-regexp", "^remote\\..*\\.url$"], { okExit: [0, 1] })).stdout
    .split("\n")
    .flatMap((line) => {
      const match = /^remote\.(.+)\.url (.+)$/.exec(line);
      return match
        ? [{ name: `remote '${match[1]}'`, to: (match[2] as string).replace(/^file:\/\//, ""), cure: `git remote remove ${match[1]}` }]
        : [];
    });
  const alternates = (await readAlternates(gitDir)).map((to) => ({
    name: "object store",
    to,
    cure: "git repack -a -d && rm .git/objects/info/alternates",
  }));
  for (const link of [...remotes, ...alternates]) {
    const to = await realpath(isAbsolute(link.to) ? link.to : resolve(path, link.to)).catch(() => undefined);
    const other = to && others.find((one) => isInside(to, one.path) || (one.gitDir !== undefined && isInside(to, one.gitDir)));
    if (other)
      throw new MosError({
        code: "repository-linked",
        message: `${path} is tied to the repository of '${other.lane}' by its ${link.name} (${link.to})`,
        hint: `Cut it: cd '${path}' && ${link.cure}.`,
      });
  }
}

/** The object stores that a repository borrows from. */
export async function readAlternates(gitDir: string): Promise<string[]> {
  const text = await readFile(join(gitDir, "objects", "info", "alternates"), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** Every repository of the workspace, `operator/` too. */
export function listRepos(workspace: Workspace): RepoHandle[] {
  return [...workspace.domains.flatMap(({ repos }) => repos), ...workspace.operator.repos];
}

/** Whether `path` is `folder` or lies below it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
