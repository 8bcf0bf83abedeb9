import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import { type ChangedFile, mayBeInterface } from "../../core/knowledge/changed-interfaces.ts";
import { makeLandingArtifact } from "../../core/knowledge/make-landing-artifact.ts";
import type { Repo } from "../../port/git.ts";
import type { Note, StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

const landingsMax = 1_000;
const filesMax = 400;

export interface GatheredLandings {
  readonly artifacts: readonly Artifact[];
  /** How far each lane's history is read then; kept with the artifacts, in one transaction. */
  readonly marks: readonly Note[];
}

/**
 * What landed in a domain's repositories since the history was read last, as far as a receipt vouches for it. A commit that no
 * receipt covers yet waits for the one that does. Without a mark: from the baseline on; what was there before is not news.
 */
export async function gatherLandings(world: World, domain: Domain): Promise<GatheredLandings> {
  const artifacts: Artifact[] = [];
  const marks: Note[] = [];
  for (const handle of domain.repos) {
    if (!(await world.git.isRepository(handle.path))) continue;
    const repo = world.git.at(handle.path);
    const tip = await repo.resolve(`refs/heads/${handle.branch}^{commit}`);
    const id = markId(handle);
    const { mark, receipts } = await world.store.read(async (tx) => ({
      mark: await readMark(tx, id),
      receipts: await tx.receipts.list({ lane: handle.lane }),
    }));
    let from = mark ?? handle.baseline;
    if (tip === undefined || tip === from || receipts.length === 0) continue;
    const vouched = new Map(receipts.map((receipt) => [receipt.commit, receipt]));
    // A main that was moved by hand is the doctor's; its history is read from where it is whole again.
    if (from !== undefined && !(await repo.isAncestor({ ancestor: from, descendant: tip }))) from = undefined;
    const line = (await repo.log(from === undefined ? tip : `${from}..${tip}`, { firstParent: true, max: landingsMax })).reverse();
    let last: string | undefined;
    for (const commit of line) {
      world.signal.throwIfAborted();
      const receipt = vouched.get(commit.id);
      if (receipt === undefined) continue;
      const since = last ?? receipt.from ?? receipt.base;
      last = commit.id;
      const commits = (await repo.log(`${since}..${commit.id}`)).reverse().filter((one) => one.id !== commit.id || one.parents.length < 2);
      const files = await readChanged(repo, { from: since, to: commit.id });
      const made = makeLandingArtifact({
        domain: domain.name,
        repo: handle.name,
        commit: commit.id,
        landedAt: receipt.landedAt,
        commits,
        files,
      });
      if (made) artifacts.push(made);
    }
    if (last !== undefined) marks.push({ id, value: { commit: last } });
  }
  return { artifacts, marks };
}

async function readChanged(repo: Repo, args: { from: string; to: string }): Promise<ChangedFile[]> {
  const changed = (await repo.changedPaths(args)).filter(({ path, status }) => status !== "T" && mayBeInterface(path)).slice(0, filesMax);
  const read = async (treeish: string, path: string) => (await repo.readFile(treeish, path)) ?? "";
  const files: ChangedFile[] = [];
  for (const { path, status } of changed) {
    const before = status === "A" ? {} : { before: await read(args.from, path) };
    const after = status === "D" ? {} : { after: await read(args.to, path) };
    files.push({ path, ...before, ...after });
  }
  return files;
}

function markId(handle: RepoHandle): string {
  return `distill-history:${handle.lane}`;
}

async function readMark(tx: StoreReader, id: string): Promise<string | undefined> {
  const value = (await tx.notes.get(id))?.value;
  return typeof value === "object" && value !== null && "commit" in value && typeof value.commit === "string" ? value.commit : undefined;
}
