import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import type { Lease } from "../../contract/run.ts";
import type { World } from "../../port/world.ts";
import { closeLostRuns } from "./close-lost-runs.ts";

export interface Swept {
  readonly leases: readonly string[];
  readonly slots: readonly string[];
  readonly locks: readonly string[];
  readonly lanes: readonly string[];
  /** Runs of a model whose process is gone. */
  readonly runs: readonly string[];
}

/** A lock file of git's that is younger may belong to a git that still runs. */
const lockAgeMs = 1500;
/** Nothing that lives takes so long. */
const scratchAgeMs = 60_000;

/**
 * Clears away what crashed work left: leases of dead workers, slots that nobody owns, git's lock files in Master OS's own
 * refs and on a branch whose landing died, pauses that may no longer hold, and runs of a model whose process is gone. Removes
 * nothing that is held. May be repeated.
 */
export async function sweepWorkspace(world: World, args: { isAlive: (lease: Lease) => boolean }): Promise<Swept> {
  const leases = await world.store.read((tx) => tx.leases.list());
  // A run of a model is its process's own: a pause of that loses nothing.
  const dead = leases.filter((lease) => !(lease.key.startsWith("run:") ? world.isProcessAlive(lease) : args.isAlive(lease)));
  const locks = dead.length === 0 ? [] : await removeLocks(world);
  const { lanes, runs } = await world.store.write(async (tx) => {
    const gone: string[] = [];
    for (const lease of dead) {
      const now = await tx.leases.get(lease.key);
      if (now && now.owner === lease.owner && now.epoch === lease.epoch && now.beat === lease.beat) await tx.leases.remove(lease.key);
    }
    for (const lane of await tx.lanes.list()) {
      if (!lane.paused || lane.paused.by === "operator") continue;
      await tx.lanes.put({ id: lane.id });
      // A reason names paths: it is its domain's, also where that is sealed.
      const [domain = lane.id] = lane.id.split("/");
      await tx.append({
        kind: "lane.resumed",
        domain,
        actor: "mos",
        reason: `tried again: ${lane.paused.reason}`,
        data: { lane: lane.id },
      });
      gone.push(lane.id);
    }
    return { lanes: gone, runs: await closeLostRuns(tx, world) };
  });
  return { leases: dead.map((lease) => lease.key), slots: await world.slots.removeStray(), locks, lanes, runs };
}

async function removeLocks(world: World): Promise<string[]> {
  const removed: string[] = [];
  const held = new Set(
    (await world.store.read((tx) => tx.leases.list())).filter((lease) => world.isProcessAlive(lease)).map((lease) => lease.key),
  );
  for (const domain of [...world.workspace.domains, world.workspace.operator]) {
    for (const repo of domain.repos) if (!held.has(`lane:${repo.lane}`)) removed.push(...(await removeLocksOf(world, repo)));
  }
  return removed;
}

async function removeLocksOf(world: World, repo: RepoHandle): Promise<string[]> {
  if (!(await world.git.isRepository(repo.path))) return [];
  const gitDir = await world.git.at(repo.path).gitDir();
  const left = await world.store.read((tx) => tx.landings.list({ lane: repo.lane }));
  const own = await findLocks(join(gitDir, "refs/mos"));
  // Git locks HEAD with the branch that it is on.
  const ofBranch =
    left.length === 0 ? [] : [`refs/heads/${repo.branch}.lock`, "HEAD.lock", "packed-refs.lock"].map((name) => join(gitDir, name));
  const removed: string[] = [];
  for (const path of [...own, ...ofBranch]) if (await removeWhenOld(world, path)) removed.push(path);
  return [...removed, ...(await removeScratch(world, gitDir))];
}

/** What a merge or an edit of a tree had beside the objects when it was killed. */
async function removeScratch(world: World, gitDir: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(gitDir).catch(() => [])) {
    const path = join(gitDir, name);
    if (!/^mos-(index|unite)-/.test(name)) continue;
    const found = await stat(path).catch(() => undefined);
    if (!found || Date.parse(world.clock.now()) - found.mtimeMs < scratchAgeMs) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(path);
  }
  return removed;
}

async function findLocks(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(".lock")).map((entry) => join(entry.parentPath, entry.name));
}

async function removeWhenOld(world: World, path: string): Promise<boolean> {
  const before = await stat(path).catch(() => undefined);
  if (!before) return false;
  const ageMs = Date.parse(world.clock.now()) - before.mtimeMs;
  if (ageMs < lockAgeMs) await world.clock.sleep(Math.max(0, Math.min(lockAgeMs, lockAgeMs - ageMs)), world.signal);
  const after = await stat(path).catch(() => undefined);
  if (!after || after.ino !== before.ino) return false;
  await rm(path, { force: true });
  return true;
}
