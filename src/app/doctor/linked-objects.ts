import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Patient } from "./doctor-check.ts";

/** A local clone shares nearly all of what it copied: so many loose objects say whether there was one. */
const looseFilesMax = 8_000;
/** What changed this lately may change again without its time telling. */
const settleMs = 2000;

/** Object files with more than one name, by inode, of one git folder. */
type Linked = ReadonlyMap<string, string>;

interface Folder {
  readonly stamp: string;
  readonly files: number;
  readonly linked: Linked;
}

/**
 * Inode to path of each object file with more than one name, by git folder. A second name is made in some folder, whose change
 * time it sets: between the diagnoses of one process only folders that changed are listed again, and all of them once a
 * name with a second one has come into any.
 */
export async function listLinked(patient: Patient, gitDirs: readonly string[]): Promise<ReadonlyMap<string, Linked>> {
  const memory = remember(patient);
  return patient.once(`linked ${gitDirs.toSorted().join(" ")}`, async () => {
    const look = () => gitDirs.map((gitDir) => [gitDir, listOne(patient, memory, gitDir)] as const);
    let found = look();
    if (found.some(([, one]) => one.hasNewLink)) {
      for (const gitDir of gitDirs) memory.delete(gitDir);
      found = look();
    }
    return new Map(found.map(([gitDir, { linked }]) => [gitDir, linked]));
  });
}

/** Changes when any name is made or removed among the object files of a git folder. */
export function stampObjects(gitDir: string): string {
  const objects = join(gitDir, "objects");
  return ["", ...namesIn(objects)]
    .map((name) => {
      const found = lstatSync(join(objects, name), { throwIfNoEntry: false });
      return `${found?.ino}:${found?.ctimeMs}`;
    })
    .join(" ");
}

function remember({ memory }: Patient): Map<string, Map<string, Folder>> {
  const known = (memory.get("linked-objects") ?? new Map()) as Map<string, Map<string, Folder>>;
  memory.set("linked-objects", known);
  return known;
}

function listOne(
  patient: Patient,
  memory: Map<string, Map<string, Folder>>,
  gitDir: string,
): { linked: Map<string, string>; hasNewLink: boolean } {
  const objects = join(gitDir, "objects");
  const before = memory.get(gitDir);
  const after = new Map<string, Folder>();
  const linked = new Map<string, string>();
  let [seen, hasNewLink] = [0, false];
  for (const name of ["pack", ...namesIn(objects).filter((one) => /^[0-9a-f]{2}$/.test(one))]) {
    if (seen > looseFilesMax) break;
    const stamp = stampOf(join(objects, name), Date.parse(patient.world.clock.now()));
    const same = before?.get(name);
    const folder = same && stamp !== undefined && same.stamp === stamp ? same : listFolder(join(objects, name), stamp ?? "");
    if (before && folder !== same && folder.linked.size > 0) hasNewLink = true;
    for (const [inode, file] of folder.linked) linked.set(inode, file);
    seen += folder.files;
    after.set(name, folder);
  }
  memory.set(gitDir, after);
  return { linked, hasNewLink };
}

/** `undefined` for what cannot be remembered yet. */
function stampOf(path: string, nowMs: number): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found && nowMs - found.ctimeMs > settleMs ? `${found.dev}:${found.ino}:${found.ctimeMs}` : undefined;
}

function listFolder(path: string, stamp: string): Folder {
  const linked = new Map<string, string>();
  const names = namesIn(path);
  for (const name of names) {
    const one = lstatSync(join(path, name), { throwIfNoEntry: false });
    if (one && one.nlink > 1) linked.set(`${one.dev}:${one.ino}`, join(path, name));
  }
  return { stamp, files: names.length, linked };
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
