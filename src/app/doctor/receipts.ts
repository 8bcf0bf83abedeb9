import type { RepoHandle } from "../../contract/config.ts";
import { findTip, receiptsCheck } from "../../core/gate/find-tip.ts";
import { type DoctorCheck, type Finding, fails, holds, type Patient } from "./doctor-check.ts";

/** Every first-parent commit since the baseline has a receipt, or lies in a range that one covers (I3, G7). */
export const receipts: DoctorCheck = {
  id: receiptsCheck,
  scope: "domain",
  fingerprint: async ({ world }, domain) => {
    const parts = await Promise.all(
      domain.repos.map(async (repo) => {
        const git = world.git.at(repo.path);
        const tip = await git.resolve(`refs/heads/${repo.branch}`);
        return `${tip} ${tip ? await git.resolve(`refs/mos/receipts/${tip}`) : ""}`;
      }),
    );
    return parts.join("\n");
  },
  examine: async (patient, domain) => {
    for (const repo of domain.repos) {
      const finding = await examineRepo(patient, repo);
      if (!finding.ok) return finding;
    }
    return holds("every commit since the baseline");
  },
};

async function examineRepo({ world }: Patient, repo: RepoHandle): Promise<Finding> {
  const git = world.git.at(repo.path);
  const tip = await findTip(git, repo).catch(() => undefined);
  if (tip === undefined || tip.kind === "unborn") return holds("there is no main: check repositories says so");
  const adopt = `mos ticket adopt ${repo.branch} --domain ${repo.domain}`;
  if (tip.kind === "foreign")
    return fails(`${repo.branch} of ${repo.lane} is at ${tip.commit.slice(0, 12)}, which no receipt covers`, adopt);
  if (repo.baseline === undefined)
    return fails(`${repo.lane} has no baseline in mos.yaml`, "Add the domain anew, or write the tip of main as its baseline.");
  const landed = (await git.run(["rev-list", "--first-parent", `${repo.baseline}..${tip.commit}`])).stdout
    .split("\n")
    .filter((id) => id !== "");
  const have = new Set((await git.refs("refs/mos/receipts")).map(({ ref }) => ref.slice("refs/mos/receipts/".length)));
  const owed = landed.filter((id) => !have.has(id));
  if (owed.length === 0) return holds(repo.lane);
  const uncovered = await dropAdopted(git, { owed, landed, have });
  return uncovered.length === 0
    ? holds(repo.lane)
    : fails(
        `${repo.lane}: no receipt for ${uncovered
          .slice(0, 5)
          .map((id) => id.slice(0, 12))
          .join(", ")}`,
        "Somebody removed receipts: restore refs/mos/receipts from a backup.",
      );
}

/** A receipt with `from` covers all between. `landed` is newest first. */
async function dropAdopted(
  git: ReturnType<Patient["world"]["git"]["at"]>,
  args: { owed: string[]; landed: string[]; have: Set<string> },
): Promise<string[]> {
  const covered = new Set<string>();
  for (const id of args.landed.filter((one) => args.have.has(one))) {
    const { stdout } = await git.run(["cat-file", "blob", `refs/mos/receipts/${id}`]);
    const from = (JSON.parse(stdout) as { from?: string }).from;
    if (from === undefined) continue;
    for (const one of args.landed.slice(args.landed.indexOf(id))) {
      if (one === from) break;
      covered.add(one);
    }
  }
  return args.owed.filter((id) => !covered.has(id));
}
