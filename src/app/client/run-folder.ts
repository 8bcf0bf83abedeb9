import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { World } from "../../port/world.ts";

const prefix = "mos-client-";
const ownerFile = "worker.json";
const Owner = z.object({ pid: z.int(), process: z.string() });

/**
 * A folder of one run of a client, which no other user enters: its settings, its relay's socket, its conversation. In the
 * temporary folder, since a socket's path is short; it says whose it is, so that what a kill leaves is found.
 */
export function makeRunFolder({ worker }: Pick<World, "worker">): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(folder, ownerFile), JSON.stringify({ pid: worker.pid, process: worker.process }), { mode: 0o600 });
  return folder;
}

/** Removes those whose process is gone: what an agent said in one domain lies nowhere else. Gives their paths; may be repeated. */
export function dropDeadRunFolders({ isProcessAlive }: Pick<World, "isProcessAlive">): string[] {
  const folders = readNames(tmpdir()).filter((name) => name.startsWith(prefix));
  return folders.flatMap((name) => {
    const path = join(tmpdir(), name);
    const owner = readOwner(path);
    if (owner === undefined || isProcessAlive(owner)) return [];
    rmSync(path, { recursive: true, force: true });
    return [path];
  });
}

/** Of a folder of this user's alone: anybody may make a name in the temporary folder. */
function readOwner(path: string): z.infer<typeof Owner> | undefined {
  try {
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== userInfo().uid) return undefined;
    return Owner.safeParse(JSON.parse(readFileSync(join(path, ownerFile), "utf8"))).data;
  } catch {
    return undefined;
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
