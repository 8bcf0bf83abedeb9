import type { RepoHandle } from "../../contract/config.ts";
import { Receipt } from "../../contract/run.ts";
import { adoptCommand, findTip, receiptsCheck } from "../../core/gate/find-tip.ts";
import type { Repo } from "../../port/git.ts";
import { type DoctorCheck, type Finding, fails, failuresOf, isThere, type Patient, readTip } from "./doctor-check.ts";

const receiptsPrefix = "refs/mos/receipts/";

/** Every first-parent commit since the baseline has a receipt, or lies in a range that one covers; and none was lost (I3, G7). */
export const receipts: DoctorCheck = {
  id: receiptsCheck,
  scope: "domain",
  fingerprint: async (patient, domain) => {
    const parts = await Promise.all(
      domain.repos.map(async (repo) => {
        const tip = await readTip(patient, repo);
        return [tip, tip && (await patient.world.git.at(repo.path).refs(receiptsPrefix + tip)).map(({ id }) => id), repo.baseline].join(
          " ",
        );
      }),
    );
    return parts.join("\n");
  },
  examine: async (patient, domain) =>
    failuresOf(
      (await Promise.all(domain.repos.map((repo) => examineRepo(patient, repo)))).flat(),
      `every commit since the baseline${domain.repos.length > 1 ? ` of ${domain.repos.length} repositories` : ""}`,
    ),
};

async function examineRepo(patient: Patient, repo: RepoHandle): Promise<Finding[]> {
  if (!(await isThere(patient, repo))) return [];
  const git = patient.world.git.at(repo.path);
  // Before the tip: a landing moves main first, so that what is on record by now is behind the tip that is read after it.
  const recorded = await patient.world.store.read((tx) => tx.receipts.list({ lane: repo.lane }));
  const tip = await findTip(git, repo);
  if (tip.kind === "unborn") return [];
  if (repo.baseline === undefined)
    return [fails(`${repo.lane} has no baseline in mos.yaml`, `Write the tip of ${repo.branch} as its baseline there: ${tip.commit}`)];
  const owned = tip.kind === "owned" ? tip.commit : tip.owned;
  if (tip.kind === "foreign" && (owned === undefined || patient.landing?.lane !== repo.lane)) return [describeForeign(repo, tip)];
  const range = `${repo.baseline}..${owned}`;
  const landed = (await git.run(["rev-list", "--first-parent", range])).stdout.split("\n").filter((id) => id !== "");
  const refs = new Map((await git.refs(receiptsPrefix)).map(({ ref, id }) => [ref.slice(receiptsPrefix.length), id]));
  const valid = await readReceipts(git, landed, refs);
  const uncovered = dropAdopted(landed, valid);
  const restore = `Bring the refs below ${receiptsPrefix} of ${repo.path} back from a copy of the repository, or adopt: ${adoptCommand(repo)}`;
  return [
    ...(uncovered.length > 0 ? [fails(`${repo.lane}: no receipt for ${nameCommits(uncovered)}`, restore)] : []),
    ...(await findLost({ repo, git, tip: tip.commit, landed: new Set(landed), recorded })),
  ];
}

function describeForeign(repo: RepoHandle, tip: { commit: string; owned: string | undefined }): Finding {
  if (tip.owned === undefined)
    return fails(
      `${repo.branch} of ${repo.lane} is at ${tip.commit.slice(0, 12)}, and neither its baseline nor any receipt lies behind it`,
      `History was rewritten. Find where it was: git -C '${repo.path}' reflog ${repo.branch}`,
    );
  return fails(`${repo.branch} of ${repo.lane} is at ${tip.commit.slice(0, 12)}, which no receipt covers`, adoptCommand(repo));
}

/** By commit; one that cannot be read, or is for another commit, is none. */
async function readReceipts(git: Repo, landed: readonly string[], refs: ReadonlyMap<string, string>): Promise<Map<string, Receipt>> {
  const owed = landed.filter((id) => refs.has(id));
  const texts = await git.readBlobs(owed.map((id) => refs.get(id) as string));
  return new Map(
    owed.flatMap((id, index) => {
      const receipt = parseReceipt(texts[index]);
      return receipt?.commit === id ? [[id, receipt] as const] : [];
    }),
  );
}

function parseReceipt(text: string | undefined): Receipt | undefined {
  try {
    return Receipt.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

/** What no receipt covers. One with `from` covers all between. `landed` is newest first. */
function dropAdopted(landed: readonly string[], valid: ReadonlyMap<string, Receipt>): string[] {
  const covered = new Set(valid.keys());
  for (const [id, { from }] of valid) {
    if (from === undefined) continue;
    for (const one of landed.slice(landed.indexOf(id))) {
      if (one === from) break;
      covered.add(one);
    }
  }
  return landed.filter((id) => !covered.has(id));
}

/** Landings on record that main no longer has: somebody moved it back, onto a commit with a receipt of its own. */
async function findLost(args: {
  repo: RepoHandle;
  git: Repo;
  tip: string;
  landed: ReadonlySet<string>;
  recorded: readonly Receipt[];
}): Promise<Finding[]> {
  const { repo, git, tip, landed, recorded } = args;
  const lost: string[] = [];
  for (const { commit } of recorded) {
    if (landed.has(commit)) continue;
    const there = (await git.resolve(`${commit}^{commit}`)) !== undefined;
    // From before the baseline of a repository that was added anew.
    if (!there || !(await git.isAncestor({ ancestor: commit, descendant: tip }))) lost.push(commit);
  }
  if (lost.length === 0) return [];
  return [
    fails(
      `${repo.branch} of ${repo.lane} no longer has what landed as ${nameCommits(lost)}`,
      `It was moved back by hand. Find it: git -C '${repo.path}' reflog ${repo.branch}; then bring it forward: git -C '${repo.path}' merge --ff-only ${lost.at(-1)}`,
    ),
  ];
}

function nameCommits(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map((id) => id.slice(0, 12));
  return ids.length > shown.length ? `${shown.join(", ")} and ${ids.length - shown.length} more` : shown.join(", ");
}
