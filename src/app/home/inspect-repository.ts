import { access, constants, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import type { Workspace } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { Git, Repo } from "../../port/git.ts";
import { isInside, readAlternates, refuseLinks, refuseTaken } from "./refuse-shared.ts";

/** An existing repository that may become a domain's home. */
export interface InspectedRepository {
  readonly repo: Repo;
  /** Without symbolic links. */
  readonly path: string;
  readonly branch: string;
  readonly tip: string;
  readonly warnings: readonly string[];
}

/**
 * Looks at a repository without changing it, and refuses what could not be a silo or could not be landed in.
 *
 * @throws MosError `no-such-folder`, `not-a-repository`, `linked-worktree`, `detached-head`, `unborn-main`, `no-main`,
 * `repository-busy`, `repository-unwritable`, `repository-taken`, `repository-nested`, `repository-linked`
 */
export async function inspectRepository(args: {
  git: Git;
  workspace: Workspace;
  path: string;
  branch?: string;
}): Promise<InspectedRepository> {
  const { git, workspace } = args;
  const path = await findTop(git, args.path);
  const repo = git.at(path);
  await refuseTaken(workspace, path);
  const gitDir = await realpath(await repo.gitDir());
  await refuseWorktree(repo, path, gitDir);
  await refuseBusy(gitDir, path);
  const { branch, tip, warnings } = await findMain(repo, args.branch);
  await access(join(gitDir, "refs"), constants.W_OK).catch((cause: unknown) => {
    throw new MosError({
      code: "repository-unwritable",
      message: `${gitDir} cannot be written`,
      hint: "Landings move main there: make it writable for you.",
      cause,
    });
  });
  await refuseLinks({ workspace, repo, path, gitDir });
  return { repo, path, branch, tip, warnings: [...warnings, ...(await collectWarnings(repo, tip, gitDir))] };
}

async function findTop(git: Git, given: string): Promise<string> {
  const path = await realpath(given).catch(() => undefined);
  if (path === undefined || !(await stat(path)).isDirectory())
    throw new MosError({
      code: "no-such-folder",
      message: `${given} is not a folder`,
      hint: "Check the path; to begin a new repository give --new instead of --path.",
    });
  if (await git.isRepository(path)) return path;
  const top = (await git.at(path).run(["rev-parse", "--show-toplevel"], { okExit: [0, 128] })).stdout.trim();
  throw new MosError({
    code: "not-a-repository",
    message: top === "" ? `${path} is not a git repository` : `${path} is a folder of the repository ${top}, not a repository`,
    hint:
      top === ""
        ? `Make it one (cd '${path}' && git init -b main && git add -A && git commit -m "chore: begin"), or use --new.`
        : `Give --path '${top}', or make the folder a repository of its own.`,
  });
}

async function refuseWorktree(repo: Repo, path: string, gitDir: string): Promise<void> {
  const own = resolve(path, (await repo.run(["rev-parse", "--git-dir"])).stdout.trim());
  if ((await realpath(own)) === gitDir) return;
  throw new MosError({
    code: "linked-worktree",
    message: `${path} is a linked worktree; its repository is ${gitDir}`,
    hint: `Give the main checkout (the folder that holds ${gitDir}).`,
  });
}

async function refuseBusy(gitDir: string, path: string): Promise<void> {
  const signs = {
    MERGE_HEAD: "merge",
    CHERRY_PICK_HEAD: "cherry-pick",
    REVERT_HEAD: "revert",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
  };
  for (const [file, work] of Object.entries(signs)) {
    if ((await stat(join(gitDir, file)).catch(() => undefined)) === undefined) continue;
    throw new MosError({
      code: "repository-busy",
      message: `${path} is in the middle of a ${work}`,
      hint: `End it first: git ${work} --continue, or git ${work} --abort.`,
    });
  }
}

async function findMain(repo: Repo, wanted: string | undefined): Promise<{ branch: string; tip: string; warnings: string[] }> {
  const { path } = repo;
  const head = await repo.head();
  if (head.branch === undefined)
    throw new MosError({
      code: "detached-head",
      message: `${path} has no branch checked out (detached HEAD at ${head.commit?.slice(0, 12) ?? "nothing"})`,
      hint: `Check a branch out first: git -C '${path}' switch ${wanted ?? "main"}.`,
    });
  const tipOf = (branch: string) => repo.resolve(`refs/heads/${branch}^{commit}`);
  const tip = await tipOf(wanted ?? "main");
  if (tip) return { branch: wanted ?? "main", tip, warnings: [] };
  if (head.commit === undefined)
    throw new MosError({
      code: "unborn-main",
      message: `${path} has no commit yet on ${head.branch}`,
      hint: `Make the first one: git -C '${path}' add -A, then git commit; or use --new for an empty folder.`,
    });
  if (wanted === undefined && head.branch === "master")
    return { branch: "master", tip: head.commit, warnings: ["There is no branch main; landings will move master (branch: master)."] };
  throw new MosError({
    code: "no-main",
    message: `${path} has no branch ${wanted ?? "main"}; ${head.branch} is checked out`,
    hint: `Name the branch that landings shall move with --branch ${head.branch}, or rename it: git branch -m ${head.branch} main.`,
  });
}

async function collectWarnings(repo: Repo, tip: string, gitDir: string): Promise<string[]> {
  const tree = await repo.listTree(tip);
  const attributes = (await repo.readFile(tip, ".gitattributes")) ?? "";
  const links = tree.filter(({ mode }) => mode === "120000");
  const escaping: string[] = [];
  for (const link of links.slice(0, 100)) {
    const target = (await repo.readFile(tip, link.path)) ?? "";
    if (isAbsolute(target) || !isInside(resolve("/t", link.path, "..", target), "/t")) escaping.push(link.path);
  }
  const modules = tree.filter(({ type }) => type === "commit").map(({ path }) => path);
  const shallow = (await stat(join(gitDir, "shallow")).catch(() => undefined)) !== undefined;
  return [
    ...(modules.length > 0 ? [`Submodules are not checked out for agents, and changes of them are refused: ${modules.join(", ")}.`] : []),
    ...(/\bfilter=/.test(attributes) ? ["Files under a filter (LFS) are seen by agents as git stores them."] : []),
    ...(escaping.length > 0
      ? [`Symbolic links that lead out of the repository will lead nowhere for agents: ${escaping.join(", ")}.`]
      : []),
    ...(shallow ? ["The history is shallow: git fetch --unshallow brings the rest."] : []),
    ...((await readAlternates(gitDir)).length > 0
      ? ["It borrows objects from another repository: git repack -a -d makes it stand alone."]
      : []),
  ];
}
