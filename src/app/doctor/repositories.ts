import type { RepoHandle } from "../../contract/config.ts";
import { byHeads, type DoctorCheck, type Finding, fails, holds, type Patient } from "./doctor-check.ts";

export const repositories: DoctorCheck = {
  id: "repositories",
  scope: "domain",
  fingerprint: byHeads,
  examine: async (patient, domain) => {
    for (const repo of domain.repos) {
      const finding = await examineRepo(patient, repo);
      if (!finding.ok) return finding;
    }
    return holds(domain.repos.map((repo) => repo.lane).join(", "));
  },
};

async function examineRepo({ world }: Patient, repo: RepoHandle): Promise<Finding> {
  if (!(await world.git.isRepository(repo.path)))
    return fails(`${repo.lane}: ${repo.path} is not a git repository`, "Restore it from a backup, or correct its path in mos.yaml.");
  const git = world.git.at(repo.path);
  const tip = await git.resolve(`refs/heads/${repo.branch}^{commit}`);
  if (!tip)
    return fails(
      `${repo.lane} has no branch ${repo.branch}`,
      `Make it: git -C ${repo.path} branch ${repo.branch} <commit>, or correct "branch" in mos.yaml.`,
    );
  const head = await git.head();
  if (!head.branch)
    return fails(
      `${repo.lane}: HEAD is detached at ${head.commit?.slice(0, 12)}`,
      `Go back to a branch: git -C ${repo.path} switch ${repo.branch}`,
    );
  if (!(await git.identity()))
    return fails(
      `git does not know who commits in ${repo.path}`,
      'Run: git config --global user.name "Your Name" && git config --global user.email you@example.com',
    );
  if (repo.baseline && !(await git.resolve(`${repo.baseline}^{commit}`)))
    return fails(
      `${repo.lane}: the baseline ${repo.baseline.slice(0, 12)} is not there any more`,
      "History was rewritten: bring it back with git reflog.",
    );
  const objects = await git.run(["rev-list", "--objects", "--quiet", tip, ...(repo.baseline ? [`^${repo.baseline}~1`] : [])], {
    okExit: [0, 1, 128],
  });
  if (objects.exitCode === 0) return holds(repo.lane);
  const whole = await git.run(["rev-list", "--objects", "--quiet", tip], { okExit: [0, 1, 128] });
  return whole.exitCode === 0
    ? holds(repo.lane)
    : fails(`${repo.lane}: objects of ${repo.branch} are missing`, `Run git -C ${repo.path} fsck, and fetch or restore what is missing.`);
}
