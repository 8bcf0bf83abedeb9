import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Domain, RepoHandle } from "../../contract/config.ts";
import { byHeads, type DoctorCheck, type Finding, fails, failuresOf, isThere, type Patient, readGitDir, readTip } from "./doctor-check.ts";

export const repositories: DoctorCheck = {
  id: "repositories",
  scope: "domain",
  fingerprint: async (patient, domain) => `${await byHeads(patient, domain)} ${await readOutside(patient, domain)}`,
  examine: async (patient, domain) =>
    failuresOf(await Promise.all(domain.repos.map((repo) => examineRepo(patient, repo))), domain.repos.map((repo) => repo.lane).join(", ")),
};

/** What git says without git: where HEAD is, and when the configuration changed. */
async function readOutside(patient: Patient, { repos }: Domain): Promise<string> {
  const parts = repos.map(async (repo) => {
    const gitDir = await readGitDir(patient, repo);
    const config = await stat(join(gitDir, "config")).catch(() => undefined);
    return `${(await readFile(join(gitDir, "HEAD"), "utf8").catch(() => "")).trim()} ${config?.mtimeMs}`;
  });
  return (await Promise.all(parts)).join(" ");
}

async function examineRepo(patient: Patient, repo: RepoHandle): Promise<Finding | undefined> {
  if (!(await isThere(patient, repo)))
    return fails(`${repo.lane}: ${repo.path} is not a git repository`, "Restore it from a copy, or correct its path in mos.yaml.");
  const git = patient.world.git.at(repo.path);
  const tip = await readTip(patient, repo);
  if (!tip)
    return fails(
      `${repo.lane} has no branch ${repo.branch}`,
      `Find where it was (git -C '${repo.path}' reflog) and make it: git -C '${repo.path}' branch ${repo.branch} <commit>. Or correct "branch" in mos.yaml.`,
    );
  const head = await git.head();
  if (!head.branch)
    return fails(
      `${repo.lane}: HEAD is detached at ${head.commit?.slice(0, 12)}`,
      `Go back to a branch: git -C '${repo.path}' switch ${repo.branch}`,
    );
  if (!(await git.identity()))
    return fails(
      `${repo.lane}: git does not know who commits in ${repo.path}`,
      'Run: git config --global user.name "Your Name" && git config --global user.email you@example.com',
    );
  return findMissingObjects(patient, repo, tip);
}

/**
 * Walks what came since the baseline, whose commit must still be there; only where that does not end well, all of it. Of a run's
 * doctor, what came since the tip that was found whole before: objects do not change, and `mos doctor` looks at all.
 */
async function findMissingObjects({ world, memory }: Patient, repo: RepoHandle, tip: string): Promise<Finding | undefined> {
  const git = world.git.at(repo.path);
  const walk = async (...from: string[]) =>
    (await git.run(["rev-list", "--objects", "--quiet", tip, ...from], { okExit: [0, 1, 128] })).exitCode === 0;
  const key = `whole ${repo.path}`;
  const before = memory.get(key) as { tip: string; baseline: string | undefined } | undefined;
  const keep = (): undefined => {
    memory.set(key, { tip, baseline: repo.baseline });
    return undefined;
  };
  if (before && before.baseline === repo.baseline && (await walk(`^${before.tip}`))) return keep();
  memory.delete(key);
  if (repo.baseline && (await walk(`^${repo.baseline}~1`))) return keep();
  if (repo.baseline && !(await git.resolve(`${repo.baseline}^{commit}`)))
    return fails(
      `${repo.lane}: the baseline ${repo.baseline.slice(0, 12)} is not there any more`,
      `History was rewritten. Find it: git -C '${repo.path}' reflog ${repo.branch}`,
    );
  if (await walk()) return keep();
  return fails(
    `${repo.lane}: objects of ${repo.branch} are missing or broken`,
    `git -C '${repo.path}' fsck names them. Fetch or copy them from another clone.`,
  );
}
