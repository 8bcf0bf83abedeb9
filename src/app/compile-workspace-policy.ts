import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { RepoHandle, Workspace } from "../contract/config.ts";
import type { Policy } from "../contract/policy.ts";
import { compilePolicy } from "../core/policy/compile-policy.ts";

export interface PolicyPlaces {
  /** The operator's home folder. */
  readonly home: string;
  /** Where Master OS's own program lies. */
  readonly programDir: string;
}

/** The guards' policy as it follows from mos.yaml now, every path as the kernel resolves it. */
export async function compileWorkspacePolicy(workspace: Workspace, { home, programDir }: PolicyPlaces): Promise<Policy> {
  const domains = await Promise.all(
    [...workspace.domains, workspace.operator].map(async ({ name, sealed, repos }) => ({
      name,
      sealed,
      repos: await Promise.all(repos.map(describeRepo)),
    })),
  );
  return compilePolicy({
    root: await followLinks(workspace.root),
    stateDir: await followLinks(workspace.stateDir),
    domains,
    home: await followLinks(home),
    programDir: await followLinks(programDir),
  });
}

async function describeRepo({ path, branch }: RepoHandle): Promise<{ path: string; gitDir: string; branch: string }> {
  return { path: await followLinks(path), gitDir: await followLinks(await findGitDir(path)), branch };
}

/** As git finds it, without asking git: this runs at the start of every command. */
async function findGitDir(repo: string): Promise<string> {
  const dotGit = join(repo, ".git");
  const isFolder = await stat(dotGit).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder !== false) return dotGit;
  const named = /^gitdir: (.+)$/m.exec(await readFile(dotGit, "utf8"))?.[1];
  if (named === undefined) return dotGit;
  const gitDir = resolve(repo, named.trim());
  const common = await readFile(join(gitDir, "commondir"), "utf8").catch(() => undefined);
  return common === undefined ? gitDir : resolve(gitDir, common.trim());
}

/** The path as the kernel resolves it, as far as it exists. */
async function followLinks(path: string): Promise<string> {
  const absolute = resolve(path);
  const real = await realpath(absolute).catch(() => undefined);
  if (real !== undefined) return real;
  const parent = dirname(absolute);
  return parent === absolute ? absolute : join(await followLinks(parent), basename(absolute));
}
