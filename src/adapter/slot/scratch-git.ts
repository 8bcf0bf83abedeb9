import { chownSync, copyFileSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Mount } from "../../port/box.ts";
import type { SlotFolder } from "./slot-folder.ts";

/**
 * The throw-away git folder of one attempt: what a ticket's own git commands write. Its index is a copy, its objects are
 * private over the repository's, its refs are its own. Nothing reads it but the ticket's commands: what counts is the
 * tree, collected with the slot's other git folder. `prepare` drops it.
 */
export interface Scratch {
  readonly commit: string;
  /** The branch that landings move, shown at `commit` and read-only. */
  readonly main: string;
  /** Checked out: `agent/MUS-12/work`. */
  readonly branch: string;
}

/**
 * Makes it on the host, in a folder that is empty: files of our own, no git. It is made beside, given to its owner, and put in its
 * place as a whole: half of it, left by a kill, would be the host's, and the box could not take it away.
 */
export function makeScratch(slot: SlotFolder, scratch: Scratch): void {
  const root = join(slot.dir, "scratch-half-made");
  rmSync(root, { recursive: true, force: true });
  const made = [root];
  const folder = (name: string) => {
    const path = join(root, name);
    mkdirSync(path);
    made.push(path);
  };
  const file = (name: string, text: string) => {
    const above = dirname(name).split("/");
    for (let depth = 1; depth <= above.length; depth += 1) {
      const parent = above.slice(0, depth).join("/");
      if (parent !== "." && !made.includes(join(root, parent))) folder(parent);
    }
    writeFileSync(join(root, name), text);
    made.push(join(root, name));
  };
  mkdirSync(root);
  for (const name of ["objects", "objects/info", "objects/pack", "hooks", "info", "refs", "refs/heads", "refs/tags"]) folder(name);
  file("HEAD", `ref: refs/heads/${scratch.branch}\n`);
  file("config", "");
  file(`refs/heads/${scratch.main}`, `${scratch.commit}\n`);
  file(`refs/heads/${scratch.branch}`, `${scratch.commit}\n`);
  copyFileSync(join(slot.gitDir, "index"), join(root, "index"));
  made.push(join(root, "index"));
  if (slot.owner !== undefined) for (const path of made) chownSync(path, slot.owner, slot.owner);
  renameSync(root, join(slot.scratch, "git"));
}

/** Whether what is to be shown read-only can be laid over it: its commands may have moved things about. */
export function isScratchWhole(slot: SlotFolder, scratch: Scratch): boolean {
  const root = join(slot.scratch, "git");
  const folders = ["objects/info", "hooks", "info"];
  return (
    folders.every((name) => isPlain(root, name)?.isDirectory()) &&
    ["config", `refs/heads/${scratch.main}`].every((name) => isPlain(root, name)?.isFile())
  );
}

export function scratchMounts(slot: SlotFolder, scratch: Scratch): Mount[] {
  const root = join(slot.scratch, "git");
  const main = `refs/heads/${scratch.main}`;
  return [
    { from: root, to: "/work/git", writable: true },
    { from: join(slot.pins, "config"), to: "/work/git/config" },
    { from: join(slot.pins, "hooks"), to: "/work/git/hooks" },
    { from: join(slot.pins, "info"), to: "/work/git/info" },
    { from: join(slot.pins, "objects-info"), to: "/work/git/objects/info" },
    { from: join(root, main), to: `/work/git/${main}` },
  ];
}

/** What lies there, when every folder on the way is a folder and not a link. */
export function isPlain(root: string, path: string) {
  const names = path.split("/");
  for (let depth = 1; depth < names.length; depth += 1) {
    if (!lstatSync(join(root, ...names.slice(0, depth)), { throwIfNoEntry: false })?.isDirectory()) return undefined;
  }
  return lstatSync(join(root, path), { throwIfNoEntry: false });
}
