import { lstat, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Git, Repo } from "../../port/git.ts";
import { readHistory } from "./read-history.ts";
import { createRepo } from "./repo.ts";
import { createRunGit, startGit } from "./run-git.ts";

/** @param environment  the process's environment, of which PATH, HOME and XDG_CONFIG_HOME are used */
export function createGit(environment: Readonly<Record<string, string | undefined>>): Git {
  const runGit = createRunGit(environment);
  const repos = new Map<string, Repo>();
  const at = (path: string): Repo => {
    const repo =
      repos.get(path) ?? createRepo(path, runGit, () => startGit(environment, { cwd: path, args: ["cat-file", "--batch-command"] }));
    repos.set(path, repo);
    return repo;
  };
  return {
    version: async () => (await runGit({ cwd: "/", args: ["--version"] })).stdout.replace("git version", "").trim(),
    at,
    readHistory: (gitDir, body) => readHistory({ runGit, gitDir }, body),
    isRepository: async (path) => {
      const found = await stat(path).catch(() => undefined);
      if (!found?.isDirectory()) return false;
      if (await isPlainRepository(path)) return true;
      const answer = await runGit({ cwd: path, args: ["rev-parse", "--is-bare-repository", "--show-toplevel"], okExit: [0, 128] });
      const [bare, top] = answer.stdout.trim().split("\n");
      if (bare === "true") return true;
      return answer.exitCode === 0 && top === (await realpath(path));
    },
    init: async (path) => {
      await mkdir(path, { recursive: true });
      await runGit({ cwd: path, args: ["init", "-q", "-b", "main"] });
      return at(path);
    },
  };
}

/** What git itself looks for in a folder before it takes it for the top of a working tree. */
async function isPlainRepository(path: string): Promise<boolean> {
  const gitDir = join(path, ".git");
  const [own, objects, refs, head, config] = await Promise.all([
    lstat(gitDir).catch(() => undefined),
    stat(join(gitDir, "objects")).catch(() => undefined),
    stat(join(gitDir, "refs")).catch(() => undefined),
    readFile(join(gitDir, "HEAD"), "utf8").catch(() => ""),
    readFile(join(gitDir, "config"), "utf8").catch(() => ""),
  ]);
  if (!own?.isDirectory() || !objects?.isDirectory() || !refs?.isDirectory()) return false;
  const isHead = /^ref: refs\/\S+\n?$/.test(head) || /^([0-9a-f]{40}|[0-9a-f]{64})\n?$/.test(head);
  // Anything else that its configuration says is for git to judge.
  return (
    isHead &&
    /^\s*repositoryformatversion = 0$/m.test(config) &&
    /^\s*bare = false$/m.test(config) &&
    !/worktree|include|\[extensions/i.test(config)
  );
}
