import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentSettings } from "../../contract/policy.ts";
import type { Mount } from "../../port/box.ts";
import { treeInBox } from "../../port/slot.ts";
import { isPlain } from "./scratch-git.ts";
import { cacheFolders, type SetupOutput } from "./setup-output.ts";
import type { SlotFolder } from "./slot-folder.ts";

/** The tree and the slot's own git folder, read-only unless it is said. */
export function ownMounts(slot: SlotFolder, run: { writableTree?: boolean; writableGit?: boolean }): Mount[] {
  return [
    { from: slot.tree, to: treeInBox, writable: run.writableTree ?? false },
    { from: slot.gitDir, to: "/work/git", writable: run.writableGit ?? false },
    { from: join(slot.gitDir, "config"), to: "/work/git/config" },
    { from: join(slot.gitDir, "objects/info"), to: "/work/git/objects/info" },
    { from: join(slot.pins, "info"), to: "/work/git/info" },
    ...(run.writableGit ? [{ from: slot.scratch, to: "/work/scratch", writable: true }] : []),
  ];
}

/** The tree, writable but for its `.git`, the settings of agents, and what the ticket may not write. */
export function writableTreeMounts(slot: SlotFolder, readOnly: readonly string[]): Mount[] {
  const kept = [...new Set([".git", ...agentSettings.folders, ...agentSettings.files, ...readOnly])];
  return [
    { from: slot.tree, to: treeInBox, writable: true },
    ...kept.filter((path) => canLieOver(slot.tree, path)).map((path) => ({ from: join(slot.tree, path), to: join(treeInBox, path) })),
  ];
}

/**
 * What is not there cannot be shown read-only: empty folders and `{}` stand where settings of agents could be made. Git
 * sees no empty folders, and the slot's exclude file names the files. Returns what was made; `collect` takes it away.
 */
export function makePlaceholders(slot: SlotFolder): string[] {
  const isMissing = (name: string) => lstatSync(join(slot.tree, name), { throwIfNoEntry: false }) === undefined;
  const folders = agentSettings.folders.filter(isMissing);
  const files = agentSettings.files.filter(isMissing);
  for (const name of folders) mkdirSync(join(slot.tree, name), { mode: 0o755 });
  for (const name of files) writeFileSync(join(slot.tree, name), "{}\n", { flag: "wx", mode: 0o644 });
  return [...folders, ...files];
}

/** What setup made, over the tree; small caches beside it stay writable and empty. */
export function setupMounts(slot: SlotFolder, setup: SetupOutput): { mounts: Mount[]; tmpfs: string[] } {
  const paths = setup.paths.filter((path) => canLieOver(slot.tree, path));
  return {
    mounts: paths.map((path) => ({ from: join(setup.dir, "files", path), to: join(treeInBox, path) })),
    tmpfs: paths.flatMap((path) => cacheFolders.map((cache) => join(treeInBox, path, cache))),
  };
}

/** A link would be followed to what it points at: only what is really there, by real folders, is laid over. */
function canLieOver(tree: string, path: string): boolean {
  const found = isPlain(tree, path);
  return found !== undefined && (found.isDirectory() || found.isFile());
}
