import { MosError } from "../../contract/error.ts";
import type { World } from "../../port/world.ts";
import { allDomains, type DoctorCheck, everyTime, type Finding, fails, failuresOf, isThere, type Patient } from "./doctor-check.ts";

const megabyte = 1024 ** 2;
const freeBytesMin = 200 * megabyte;
/** The log may be written by another process on this machine a moment ago. */
const clockSlackMs = 120_000;

export const diskAndClock: DoctorCheck = {
  id: "disk-and-clock",
  scope: "workspace",
  fingerprint: everyTime,
  examine: async (patient) => {
    const { world, host } = patient;
    const free = await host.freeBytes(world.workspace.stateDir);
    const state = free < freeBytesMin ? [tooFull(world.workspace.stateDir, free)] : await findFullRepositories(patient);
    return failuresOf([...state, await findClockBehindLog(world)], `${Math.round(free / 1024 ** 3)} GB free`);
  },
};

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
