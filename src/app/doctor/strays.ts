import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Domain, RepoHandle } from "../../contract/config.ts";
import { describeHomeless } from "../../core/lane/find-homeless.ts";
import type { World } from "../../port/world.ts";
import { reconcileLandings } from "../../stage/merge/reconcile-landings.ts";
import { withLease } from "../hold-lease.ts";
import {
  allDomains,
  type DoctorCheck,
  everyTime,
  fails,
  failuresOf,
  isThere,
  nameCause,
  nameSome,
  type Patient,
  readGitDir,
} from "./doctor-check.ts";

/** A younger one may belong to a git that still runs. */
const lockAgeMs = 60_000;
/** How long a repair waits for a lane that somebody holds after all. */
const laneWaitMs = 2_000;

type Stray =
  | { readonly kind: "slot"; readonly id: string; readonly domain?: string }
  /** `gone`: mos.yaml does not have its repository. */
  | {
      readonly kind: "landing";
      readonly lane: string;
      readonly tickets: readonly string[];
      readonly gone: boolean;
      readonly domain?: string;
    }
  /** `own`: below refs/mos, where nobody but Master OS writes. */
  | { readonly kind: "lock"; readonly path: string; readonly own: boolean; readonly domain: string }
  /** A repository in which nothing could be looked for. */
  | { readonly kind: "unread"; readonly reason: string; readonly repo: RepoHandle; readonly domain: string }
  | { readonly kind: "worktree"; readonly path: string; readonly repo: RepoHandle; readonly domain: string };

/** Nothing left over: slots that nobody owns, landings of dead workers, lock files of git's, worktrees that are gone. */
export const strays: DoctorCheck = {
  id: "strays",
  scope: "workspace",
  mendedInRuns: true,
  fingerprint: everyTime,
  examine: async (patient) => {
    const found = await findStrays(patient);
    const domains = [...new Set(found.map((stray) => stray.domain))];
    return failuresOf(
      domains.map((domain) => {
        const own = found.filter((stray) => stray.domain === domain);
        return fails(nameSome(own.map(describe)), suggestFix(own), domain);
      }),
      "none",
    );
  },
  repair: async (patient, { dryRun }) => {
    const safe = (await findStrays(patient)).filter(isSafe);
    if (safe.length === 0) return undefined;
    if (!dryRun) await clearAway(patient.world, safe);
    return `${dryRun ? "would clear away" : "cleared away"} ${safe.map(describe).join("; ")}`;
  },
};

async function findStrays(patient: Patient): Promise<Stray[]> {
  const { world } = patient;
  const { landings, leases } = await world.store.read(async (tx) => ({
    landings: await tx.landings.list(),
    leases: await tx.leases.list(),
  }));
  const live = new Set(leases.filter((lease) => world.isProcessAlive(lease)).map((lease) => lease.key));
  const slots = (await world.slots.stray()).filter((id) => !live.has(`slot:${id}`));
  const broken = landings.filter((landing) => !live.has(`lane:${landing.lane}`));
  const ofRepos = await Promise.all(
    allDomains(world).flatMap((domain) =>
      domain.repos.map((repo) => findInRepository(patient, repo).catch((cause): Stray[] => [describeUnread(domain, repo, cause)])),
    ),
  );
  return [
    ...slots.map((id): Stray => ({ kind: "slot", id, ...domainOf(world, id) })),
    ...broken.map(({ lane, receipt: { tickets } }): Stray => {
      const gone = !allDomains(world).some(({ repos }) => repos.some((repo) => repo.lane === lane));
      // Of a domain that is none any more it is its own trouble, and nobody else's.
      return { kind: "landing", lane, tickets, gone, domain: lane.split("/")[0] ?? lane };
    }),
    ...ofRepos.flat(),
  ];
}

function describeUnread(domain: Domain, repo: RepoHandle, cause: unknown): Stray {
  return { kind: "unread", repo, domain: repo.domain, reason: nameCause(domain, cause) };
}

function domainOf(world: World, id: string): { domain?: string } {
  const found = allDomains(world).find((domain) => domain.name === id.split("/")[0]);
  return found ? { domain: found.name } : {};
}

async function findInRepository(patient: Patient, repo: RepoHandle): Promise<Stray[]> {
  if (!(await isThere(patient, repo))) return [];
  const gitDir = await readGitDir(patient, repo);
  const { domain } = repo;
  const own = (await readdir(join(gitDir, "refs/mos"), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".lock"))
    .map((entry) => join(entry.parentPath, entry.name));
  const theirs = ["index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", `refs/heads/${repo.branch}.lock`].map((name) =>
    join(gitDir, name),
  );
  const found: Stray[] = [];
  for (const path of [...own, ...theirs]) {
    const lock = await stat(path).catch(() => undefined);
    if (lock && Date.parse(patient.world.clock.now()) - lock.mtimeMs > lockAgeMs)
      found.push({ kind: "lock", path, own: own.includes(path), domain });
  }
  return [...found, ...(await findGoneWorktrees(patient, repo, gitDir))];
}

async function findGoneWorktrees({ world }: Patient, repo: RepoHandle, gitDir: string): Promise<Stray[]> {
  const linked = await readdir(join(gitDir, "worktrees")).catch(() => []);
  if (linked.length === 0) return [];
  const { stdout } = await world.git.at(repo.path).run(["worktree", "list", "--porcelain"]);
  const gone = stdout.split("\n\n").filter((block) => /^prunable/m.test(block));
  return gone.map((block) => ({
    kind: "worktree",
    repo,
    domain: repo.domain,
    path: block.split("\n")[0]?.replace(/^worktree /, "") ?? "",
  }));
}

function describe(stray: Stray): string {
  switch (stray.kind) {
    case "slot":
      return `slot ${stray.id}`;
    case "landing":
      if (stray.gone) return describeHomeless({ lane: stray.lane, tickets: [], landing: stray.tickets }).reason;
      return `a landing of ${stray.tickets.join(", ")} that was broken off`;
    case "lock":
      return `${stray.path} is over a minute old`;
    case "unread":
      return `${stray.repo.lane} could not be looked at: ${stray.reason}`;
    case "worktree":
      return `${stray.repo.lane}: the worktree ${stray.path} is gone`;
  }
}

/** What is the operator's may be in use where we cannot see it: another machine's git, a disk that is not mounted. */
function isSafe(stray: Stray): boolean {
  return stray.kind === "slot" || (stray.kind === "landing" && !stray.gone) || (stray.kind === "lock" && stray.own);
}

function suggestFix(found: readonly Stray[]): string {
  const locks = found.flatMap((stray) => (stray.kind === "lock" && !stray.own ? [stray.path] : []));
  const trees = [...new Set(found.flatMap((stray) => (stray.kind === "worktree" ? [stray.repo.path] : [])))];
  return [
    ...(found.some(isSafe) ? ["mos doctor --fix clears away what is Master OS's own; so does the next mos run."] : []),
    ...found.flatMap((stray) =>
      stray.kind === "landing" && stray.gone ? [describeHomeless({ lane: stray.lane, tickets: [], landing: stray.tickets }).remedy] : [],
    ),
    ...locks.map((path) => `When no git runs there any more: rm '${path}'`),
    ...(found.some((stray) => stray.kind === "unread") ? ["Mend what the message names, then run mos doctor again."] : []),
    ...trees.map((path) => `When its disk is not just away: git -C '${path}' worktree prune`),
  ].join(" ");
}

async function clearAway(world: World, found: readonly Stray[]): Promise<void> {
  for (const stray of found) if (stray.kind === "lock") await rm(stray.path, { force: true });
  const lanes = new Set(found.flatMap((stray) => (stray.kind === "landing" ? [stray.lane] : [])));
  for (const lane of lanes) {
    const signal = AbortSignal.any([world.signal, AbortSignal.timeout(laneWaitMs)]);
    await withLease(world, { key: `lane:${lane}`, isAlive: world.isProcessAlive, signal }, () => reconcileLandings(world, lane)).catch(
      (error) => {
        // Who holds the lane now settles it first.
        if (world.signal.aborted || !signal.aborted) throw error;
      },
    );
  }
  if (found.some((stray) => stray.kind === "slot")) await world.slots.removeStray();
}
