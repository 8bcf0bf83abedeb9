import { MosError } from "../../contract/error.ts";
import type { KeptFolder } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import {
  allDomains,
  type DoctorCheck,
  everyTime,
  type Finding,
  fails,
  failuresOf,
  isThere,
  nameSome,
  type Patient,
} from "./doctor-check.ts";

const megabyte = 1024 ** 2;
const freeBytesMin = 200 * megabyte;
/** The log may be written by another process on this machine a moment ago. */
const clockSlackMs = 120_000;

export const diskAndClock: DoctorCheck = {
  id: "disk-and-clock",
  scope: "workspace",
  mendedInRuns: true,
  fingerprint: everyTime,
  examine: async (patient) => {
    const { world, host } = patient;
    const free = await host.freeBytes(world.workspace.stateDir);
    const state = free < freeBytesMin ? [tooFull(world.workspace.stateDir, free)] : await findFullRepositories(patient);
    const kept = await readKept(patient);
    const all = [...state, findTooMuchKept(world, kept), await findClockBehindLog(world)];
    const full = describeFull(world, kept);
    return failuresOf(
      all,
      `${Math.round(free / 1024 ** 3)} GB free, ${inMegabytes(sumOf(kept))} MB kept by slots and setup outputs${full}`,
    );
  },
  repair: async ({ world }, { dryRun }) => {
    const kept = await world.slots.kept({ anew: !dryRun });
    if (!findTooMuchKept(world, kept)) return undefined;
    if (dryRun) return "would remove the slots and setup outputs that were not used for the longest";
    const gone = await world.slots.boundKept();
    return gone.length === 0 ? undefined : `removed ${nameSome(gone.map(describeKept))}`;
  },
};

/** In the memory of a process: whether it has counted. Within a run only what each run counts at its end is told. */
const countedKey = "disk-and-clock counted";

async function readKept({ world, memory }: Patient): Promise<readonly KeptFolder[]> {
  const anew = !memory.has(countedKey);
  memory.set(countedKey, true);
  return world.slots.kept({ anew });
}

/** More than `limits.diskMb`, where some of it could go. What is in use now goes when it is not. */
function findTooMuchKept(world: World, kept: readonly KeptFolder[]): Finding | undefined {
  const { diskMb } = world.workspace.config.limits;
  const bytes = sumOf(kept);
  const idle = kept.filter(({ inUse }) => !inUse).sort((a, b) => b.bytes - a.bytes);
  if (bytes <= diskMb * megabyte || idle.length === 0) return undefined;
  const largest = nameSome(idle.slice(0, 3).map(describeKept));
  return fails(
    `slots and setup outputs keep ${inMegabytes(bytes)} MB in ${world.workspace.stateDir}, over ${diskMb} (limits.diskMb): ${largest}`,
    "mos doctor --fix removes those that were not used for the longest, as the next mos run does; or raise limits.diskMb in mos.yaml.",
  );
}

/** Nothing of what is too much could go: nothing is wrong, and nothing more is made. */
function describeFull(world: World, kept: readonly KeptFolder[]): string {
  const { diskMb } = world.workspace.config.limits;
  if (sumOf(kept) <= diskMb * megabyte || kept.some(({ inUse }) => !inUse)) return "";
  return `, over ${diskMb} (limits.diskMb) and all of it in use: a repository that has a slot gets no other until some of it is free. More room: raise limits.diskMb in mos.yaml`;
}

function describeKept({ path, bytes }: KeptFolder): string {
  return `${path} (${inMegabytes(bytes)} MB)`;
}

function sumOf(kept: readonly KeptFolder[]): number {
  return kept.reduce((sum, { bytes }) => sum + bytes, 0);
}

function inMegabytes(bytes: number): number {
  return Math.round(bytes / megabyte);
}

/** Repositories may lie on other disks: what is full there is that domain's alone. */
async function findFullRepositories(patient: Patient): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const repo of allDomains(patient.world).flatMap((domain) => domain.repos)) {
    if (!(await isThere(patient, repo).catch(() => false))) continue;
    const free = await patient.host.freeBytes(repo.path);
    if (free < freeBytesMin) found.push(tooFull(repo.path, free, repo.domain));
  }
  return found;
}

function tooFull(path: string, free: number, domain?: string): Finding {
  return fails(
    `${Math.round(free / megabyte)} MB are free for ${path}, under ${freeBytesMin / megabyte}`,
    "Free some space, then run mos doctor again.",
    domain,
  );
}

/** Ages, rhythms and the order in the log mean nothing on a machine whose clock goes back. */
async function findClockBehindLog(world: World): Promise<Finding | undefined> {
  const last = await world.store
    .read((tx) => tx.lastEvent())
    .catch((error) => {
      // A log that cannot be read is check log-chain's.
      if (error instanceof MosError && error.code === "store-corrupt") return undefined;
      throw error;
    });
  const now = world.clock.now();
  if (!last || Date.parse(last.at) - Date.parse(now) <= clockSlackMs) return undefined;
  return fails(
    `the clock says ${now}, and event ${last.seq} was written at ${last.at}`,
    "Set the clock of this machine (timedatectl set-ntp true).",
  );
}
