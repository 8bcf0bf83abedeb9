import { readdirSync, readFileSync, statfsSync, statSync } from "node:fs";

const firstLookMs = 150;
const lookEveryMs = 250;
const pageBytes = 4096;
/** Of the disk a tree lies on, this much stays free, where there was more of it at the start. */
const freeBytesMin = 512 * 1024 ** 2;

/**
 * Looks at all processes below `pid` a few times a second: what they hold in memory together with what lies in the box's
 * temporary folders, and what they wrote to disk. Between two looks a box may go beyond; each of its processes stays below the
 * kernel's own limit meanwhile.
 *
 * @param folders  writable folders of the host that the box sees: their disk is kept from filling up
 * @param temporary  folders in the box that lie in memory
 * @param onExceed  called once
 */
export function watchUsage(args: {
  pid: number;
  memoryBytes: number;
  diskBytes: number;
  folders: readonly string[];
  temporary: readonly string[];
  onExceed: (what: "memory-limit" | "disk-limit") => void;
}): { stop(): void } {
  const disks = args.folders
    .map((folder) => ({ folder, atStart: freeBytesOf(folder) }))
    .filter(({ atStart }) => atStart > 2 * freeBytesMin);
  const look = () => {
    const pids = listBelow(args.pid);
    const memory = pids.reduce((sum, pid) => sum + privateBytesOf(pid), 0) + temporaryBytesOf(pids, args.temporary);
    const full = disks.some(({ folder }) => freeBytesOf(folder) < freeBytesMin);
    if (memory > args.memoryBytes) args.onExceed("memory-limit");
    else if (full || pids.reduce((sum, pid) => sum + writtenBytesOf(pid), 0) > args.diskBytes) args.onExceed("disk-limit");
    else timer = setTimeout(look, lookEveryMs);
  };
  let timer = setTimeout(look, firstLookMs);
  return { stop: () => clearTimeout(timer) };
}

/** All descendants; some may be gone when they are looked at. */
function listBelow(pid: number): number[] {
  const found: number[] = [];
  for (const next = [pid]; next.length > 0; ) {
    const one = next.pop() as number;
    for (const task of listOf(`/proc/${one}/task`)) {
      for (const child of read(`/proc/${one}/task/${task}/children`).split(" ")) if (child !== "") next.push(Number(child));
    }
    found.push(one);
  }
  return found;
}

/** Resident, without what is shared with others or belongs to files. */
function privateBytesOf(pid: number): number {
  const [, resident = 0, shared = 0] = read(`/proc/${pid}/statm`).split(" ").map(Number);
  return (resident - shared) * pageBytes;
}

/** A process counts the children that it has waited for among its own. */
function writtenBytesOf(pid: number): number {
  const io = read(`/proc/${pid}/io`);
  const of = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(io)?.[1] ?? 0);
  return Math.max(0, of("write_bytes") - of("cancelled_write_bytes"));
}

/**
 * Temporary folders are memory. They are seen through the newest process of the box that lets itself be looked through; one
 * that does not live in the box yet would show the host's.
 */
function temporaryBytesOf(pids: readonly number[], folders: readonly string[]): number {
  for (const pid of pids.toReversed()) {
    const used = folders.map((folder) => usedBytesOf(folder, `/proc/${pid}/root${folder}`));
    if (used.every((bytes) => bytes !== undefined)) return used.reduce((sum: number, bytes) => sum + (bytes ?? 0), 0);
  }
  return 0;
}

function usedBytesOf(ofHost: string, path: string): number | undefined {
  try {
    if (statSync(path).dev === statSync(ofHost, { throwIfNoEntry: false })?.dev) return undefined;
    const { blocks, bfree, bsize } = statfsSync(path);
    return (blocks - bfree) * bsize;
  } catch {
    return undefined;
  }
}

function freeBytesOf(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

function listOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
