import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import { agentUid } from "../box/build-argv.ts";
import { slotConfig } from "./slot-scripts.ts";

/** A slot on disk: `tree` (the working tree) and `git` (its own git folder, no part of the operator's repository). */
export interface SlotFolder {
  readonly id: string;
  readonly dir: string;
  readonly tree: string;
  readonly gitDir: string;
  /** Where the box shows the repository's objects. */
  readonly objects: string;
}

export const repositoryObjectsInBox = "/work/objects";

export function slotsRoot(stateDir: string): string {
  return join(stateDir, "slot");
}

export function nameSlot(stateDir: string, repo: RepoHandle, number: number): SlotFolder & { marker: string } {
  const id = `${repo.domain}/${repo.name}/${number}`;
  const dir = join(slotsRoot(stateDir), id);
  return { id, dir, tree: join(dir, "tree"), gitDir: join(dir, "git"), objects: repositoryObjectsInBox, marker: join(dir, "ready") };
}

/**
 * Makes the slot's folders where they are missing; a half-made one (no marker) is made anew. As root they belong to the
 * unprivileged uid that the box runs as.
 */
export function makeSlotFolder(slot: ReturnType<typeof nameSlot>, uid: number): void {
  if (existsSync(slot.marker)) return;
  rmSync(slot.dir, { recursive: true, force: true });
  const made = [
    slot.tree,
    slot.gitDir,
    ...["objects", "objects/info", "objects/pack", "refs", "refs/heads", "info"].map((name) => join(slot.gitDir, name)),
  ];
  for (const path of made) mkdirSync(path, { recursive: true, mode: 0o755 });
  writeFileSync(join(slot.gitDir, "HEAD"), "ref: refs/heads/none\n");
  if (uid === 0) for (const path of [...made, join(slot.gitDir, "HEAD")]) chownSync(path, agentUid, agentUid);
  writeFileSync(join(slot.gitDir, "config"), slotConfig);
  writeFileSync(join(slot.gitDir, "objects/info/alternates"), `${repositoryObjectsInBox}\n`);
  writeFileSync(slot.marker, "");
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
