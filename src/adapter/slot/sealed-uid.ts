import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const firstUid = 20_100;
const uidsMax = 400;

/**
 * The uid (and gid) that a sealed domain's commands run as, where Master OS is root: the same for ever, and no other domain's.
 * Kept in a folder of the state directory, a file a uid, which only one process can make; never given back.
 */
export function keepSealedUid(stateDir: string, domain: string): number {
  const folder = join(stateDir, "sealed-uid");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const found = findUid(folder, domain);
    if (found !== undefined) return found;
    const uid = nextUid(folder);
    try {
      writeFileSync(join(folder, String(uid)), `${domain}\n`, { flag: "wx", mode: 0o600 });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    }
  }
}

/** Two processes may both have made one: the lower number counts. */
function findUid(folder: string, domain: string): number | undefined {
  return listUids(folder).find((uid) => readFileSync(join(folder, String(uid)), "utf8").trim() === domain);
}

function nextUid(folder: string): number {
  const uid = (listUids(folder).at(-1) ?? firstUid - 1) + 1;
  if (uid >= firstUid + uidsMax) throw new Error(`${folder} has given out ${uidsMax} uids`);
  return uid;
}

function listUids(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}
