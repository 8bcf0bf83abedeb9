import { mkdir, realpath, stat } from "node:fs/promises";
import type { Git, Repo } from "../../port/git.ts";
import { createRepo } from "./repo.ts";
import { createRunGit } from "./run-git.ts";

/** @param environment  the process's environment, of which PATH, HOME and XDG_CONFIG_HOME are used */
export function createGit(environment: Readonly<Record<string, string | undefined>>): Git {
  const runGit = createRunGit(environment);
  const repos = new Map<string, Repo>();
  const at = (path: string): Repo => {
    const repo = repos.get(path) ?? createRepo(path, runGit);
    repos.set(path, repo);
    return repo;
  };
  return {
    version: async () => (await runGit({ cwd: "/", args: ["--version"] })).stdout.replace("git version", "").trim(),
    at,
    isRepository: async (path) => {
      const found = await stat(path).catch(() => undefined);
      if (!found?.isDirectory()) return false;
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
