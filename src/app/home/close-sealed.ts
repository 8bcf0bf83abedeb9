import { chmod, chown, lchown, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Domain } from "../../contract/config.ts";
import type { Git, Repo } from "../../port/git.ts";

/** What git gives new objects and refs: owner writes, group reads, nobody else. */
const sharing = "0640";

interface Home {
  readonly path: string;
  readonly gitDir: string;
}

/**
 * Whether a sealed domain's repository is the operator's and `group`'s alone: the folders by which it is entered, and what git
 * gives new files.
 */
export async function isClosed(repo: Repo, home: Home, group: number): Promise<boolean> {
  const folders = await Promise.all([home.path, home.gitDir, join(home.gitDir, "objects")].map((path) => lstat(path)));
  if (!folders.every(({ mode, gid }) => gid === group && (mode & 0o007) === 0)) return false;
  const { stdout } = await repo.run(["config", "--get", "core.sharedRepository"], { okExit: [0, 1] });
  return stdout.trim() === sharing;
}

/**
 * Gives the repository to `group` for reading and takes it from all others; owners stay, so git finds nothing dubious. New
 * files come into the group by their folder, and have git's modes by its configuration. May be repeated.
 */
async function closeSealed(repo: Repo, home: Home, group: number): Promise<void> {
  await repo.run(["config", "core.sharedRepository", sharing]);
  await closeBelow(home.path, group);
  if (!`${home.gitDir}/`.startsWith(`${home.path}/`)) await closeBelow(home.gitDir, group);
}

/** Every repository of a domain, which is sealed. */
export async function closeDomain(git: Git, domain: Pick<Domain, "repos">, group: number): Promise<number> {
  let closed = 0;
  for (const { path } of domain.repos) {
    const repo = git.at(path);
    const home = { path, gitDir: await repo.gitDir() };
    if (await isClosed(repo, home, group)) continue;
    await closeSealed(repo, home, group);
    closed += 1;
  }
  return closed;
}

async function closeBelow(path: string, group: number): Promise<void> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) {
    await lchown(path, found.uid, group);
    return;
  }
  if (!found.isDirectory() && !found.isFile()) return;
  await chown(path, found.uid, group);
  if (found.isFile()) {
    await chmod(path, ((found.mode & 0o777) | 0o040) & ~0o027);
    return;
  }
  for (const name of await readdir(path)) await closeBelow(join(path, name), group);
  // Last: until then it is entered as before.
  await chmod(path, ((found.mode & 0o777) | 0o2050) & ~0o027);
}
