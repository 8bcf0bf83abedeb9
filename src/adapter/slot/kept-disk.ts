import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { KeptFolder } from "../../port/slot.ts";
import { removeTree } from "./remove-tree.ts";
import { listSetupOutputs } from "./setup-output.ts";
import { listSlotFolders, markerOf, slotsRoot } from "./slot-folder.ts";

/** A folder that Master OS keeps, and how much it holds as far as it was counted. */
export type Counted = Omit<KeptFolder, "inUse">;

/** A slot that is used all the time is counted no more often than this. */
const countedForMs = 600_000;
/** More names than this are not looked at: what was counted so far is told. */
const entriesMax = 5_000_000;
const statsAtOnce = 64;

/**
 * Slots and setup outputs below `.mos`, as they were last counted: what each holds stands in a file beside it. `anew`: those
 * that were used since, and not counted for ten minutes, are counted first; with none counted yet it is 0 bytes until then.
 *
 * @param isHeld  whose folders change while they are looked at, so that they are left as they were counted
 */
export async function listKept(args: {
  stateDir: string;
  nowMs: number;
  anew: boolean;
  isHeld: (folder: Pick<Counted, "kind" | "id">) => boolean;
}): Promise<Counted[]> {
  const { stateDir, nowMs, anew } = args;
  const folders = [
    ...listSlotFolders(stateDir).map((id) => describe("slot", id, join(slotsRoot(stateDir), id))),
    ...listSetupOutputs(stateDir).map(({ id, path }) => describe("setup", id, path)),
  ];
  const kept: Counted[] = [];
  for (const { countedMs, ...folder } of folders) {
    const isDue = countedMs === undefined || (folder.usedMs > countedMs && nowMs - countedMs > countedForMs);
    kept.push(anew && isDue && !args.isHeld(folder) ? { ...folder, bytes: await countFolder(folder.path) } : folder);
  }
  return kept;
}

/** Counts what a folder takes on the disk, and notes it there for who asks next. */
export async function countFolder(dir: string): Promise<number> {
  const bytes = await sumBlocks(dir);
  try {
    writeFileSync(noteOf(dir), `${bytes}\n`);
  } catch {
    // Gone meanwhile, or no room is left for the note: it is counted again next time.
  }
  return bytes;
}

/** Removes one that nobody uses. A slot is none any more before anything of it goes, so that one half gone is made anew. */
export function removeKept({ kind, path }: Pick<Counted, "kind" | "path">): void {
  rmSync(kind === "slot" ? markerOf(path) : join(path, "paths.json"), { force: true });
  removeTree(path);
}

function noteOf(dir: string): string {
  return join(dir, "bytes");
}

function describe(kind: Counted["kind"], id: string, path: string): Counted & { countedMs: number | undefined } {
  const note = statSync(noteOf(path), { throwIfNoEntry: false });
  const used = statSync(kind === "slot" ? markerOf(path) : join(path, "paths.json"), { throwIfNoEntry: false });
  const bytes = note ? Number.parseInt(readFileSync(noteOf(path), "utf8"), 10) : 0;
  return { kind, id, path, bytes: Number.isSafeInteger(bytes) ? bytes : 0, usedMs: used?.mtimeMs ?? 0, countedMs: note?.mtimeMs };
}

/** By blocks, as `du` counts; a file of several names once, no link followed. What cannot be read counts for nothing. */
async function sumBlocks(root: string): Promise<number> {
  const seen = new Set<string>();
  const folders = [root];
  let [bytes, entries] = [0, 0];
  for (let folder = folders.pop(); folder !== undefined && entries < entriesMax; folder = folders.pop()) {
    const names = await readdir(folder, { withFileTypes: true }).catch(() => []);
    entries += names.length;
    for (let at = 0; at < names.length; at += statsAtOnce) {
      const some = names.slice(at, at + statsAtOnce).map((entry) => join(folder, entry.name));
      for (const [index, stats] of (await Promise.all(some.map((path) => lstat(path).catch(() => undefined)))).entries()) {
        if (!stats) continue;
        if (stats.isDirectory()) folders.push(some[index] as string);
        else if (stats.nlink > 1) {
          const name = `${stats.dev} ${stats.ino}`;
          if (seen.has(name)) continue;
          seen.add(name);
        }
        bytes += stats.blocks * 512;
      }
    }
  }
  return bytes;
}
