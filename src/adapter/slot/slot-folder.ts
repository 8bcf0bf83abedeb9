import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import { removeTree } from "./remove-tree.ts";
import { excludeText, scratchConfig, slotConfig } from "./slot-scripts.ts";

/** A slot on disk. `owner`: the uid that its commands run as, where Master OS is root; else absent. */
export interface SlotFolder {
  readonly id: string;
  readonly dir: string;
  /** The working tree. */
  readonly tree: string;
  /** Its own git folder, no part of the operator's repository. Only Master OS's own scripts see it writable. */
  readonly gitDir: string;
  /** Holds the throw-away git folder of an attempt, `git`, that a ticket's commands may write. */
  readonly scratch: string;
  /** What of a throw-away git folder stays as it is: shown read-only over it. */
  readonly pins: string;
  readonly owner?: number;
}

export const repositoryObjectsInBox = "/work/objects";

/** Of what a slot's folder holds; a slot of another one is made anew. */
const layout = "3";

export function slotsRoot(stateDir: string): string {
  return join(stateDir, "slot");
}

export function nameSlot(stateDir: string, repo: RepoHandle, number: number, owner?: number): SlotFolder {
  const id = `${repo.domain}/${repo.name}/${number}`;
  const dir = join(slotsRoot(stateDir), id);
  return {
    id,
    dir,
    ...{ tree: join(dir, "tree"), gitDir: join(dir, "git"), scratch: join(dir, "scratch"), pins: join(dir, "pins") },
    ...(owner === undefined ? {} : { owner }),
  };
}

export function markerOf(slotDir: string): string {
  return join(slotDir, "ready");
}

/**
 * Makes the slot's folders where they are missing; a half-made one (no marker), one of another layout and one of another
 * owner are made anew.
 */
export function makeSlotFolder(slot: SlotFolder): void {
  if (isSlotWhole(slot)) return;
  removeTree(slot.dir);
  const owned = [
    slot.tree,
    slot.scratch,
    slot.gitDir,
    ...["objects", "objects/info", "objects/pack", "refs", "refs/heads", "info"].map((name) => join(slot.gitDir, name)),
  ];
  const pinned = [slot.pins, ...["hooks", "info", "objects-info"].map((name) => join(slot.pins, name))];
  for (const path of [...owned, ...pinned]) mkdirSync(path, { recursive: true, mode: 0o755 });
  chmodSync(slot.dir, 0o700);
  const head = join(slot.gitDir, "HEAD");
  writeFileSync(head, "ref: refs/heads/none\n");
  if (slot.owner !== undefined) for (const path of [slot.dir, ...owned, head]) chownSync(path, slot.owner, slot.owner);
  const alternates = `${repositoryObjectsInBox}\n`;
  writeFileSync(join(slot.gitDir, "config"), slotConfig);
  writeFileSync(join(slot.gitDir, "objects/info/alternates"), alternates);
  writeFileSync(join(slot.pins, "config"), scratchConfig);
  writeFileSync(join(slot.pins, "info/exclude"), excludeText);
  writeFileSync(join(slot.pins, "objects-info/alternates"), alternates);
  writeFileSync(markerOf(slot.dir), markOf(slot));
}

/** Made to its end, in this layout, for this owner. */
export function isSlotWhole(slot: SlotFolder): boolean {
  return readMark(slot) === markOf(slot);
}

function markOf({ owner }: SlotFolder): string {
  return `${layout} ${owner ?? "-"}\n`;
}

function readMark(slot: SlotFolder): string | undefined {
  const file = markerOf(slot.dir);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** The folders of slots that are there, as `domain/repo/number`. */
export function listSlotFolders(stateDir: string): string[] {
  const root = slotsRoot(stateDir);
  return foldersOf(root).flatMap((domain) =>
    foldersOf(join(root, domain)).flatMap((repo) => foldersOf(join(root, domain, repo)).map((number) => `${domain}/${repo}/${number}`)),
  );
}

function foldersOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
