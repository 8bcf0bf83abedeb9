import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Denial } from "../../contract/denial.ts";

/** Refusals that may wait for the log; what comes after is counted. An agent in a loop must not fill the disk. */
export const waitingMax = 2_000;
export const overflowName = "overflow";

/** Where refusals of a workspace wait, below its state folder. */
export function spoolOf(stateDir: string): string {
  return join(stateDir, "run", "spool");
}

let written = 0;

/**
 * Leaves the trace of one refusal for the next command to append to the log: the store is too slow to open for each call.
 * One file each, in place by rename, so that who collects never meets half of one. Never throws: denied is denied.
 */
export function spoolDenial(spool: string, denial: Denial): void {
  try {
    if (countIn(spool) >= waitingMax) {
      appendFileSync(join(spool, overflowName), ".", { mode: 0o600 });
      return;
    }
    written += 1;
    const name = `${Date.now()}-${process.pid}-${written}-${Math.random().toString(36).slice(2, 10)}`;
    const fresh = join(spool, `.${name}`);
    writeFileSync(fresh, JSON.stringify(denial), { flag: "wx", mode: 0o600 });
    renameSync(fresh, join(spool, `${name}.json`));
  } catch {
    // Nowhere to write: a full disk, a box that shows none. The refusal stands.
  }
}

/** Made where it is missing, a folder at a time: Node's recursive way never ends in a file system that makes none. */
function countIn(spool: string): number {
  if (!existsSync(spool)) {
    if (!existsSync(dirname(spool))) mkdirSync(dirname(spool), { mode: 0o700 });
    mkdirSync(spool, { mode: 0o700 });
  }
  return readdirSync(spool).length;
}
