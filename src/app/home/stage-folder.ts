import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const name = /^\.mos-staging-(\d+)-[0-9a-f]{8}$/;

/**
 * A new, empty folder below `parent`, to be filled and renamed into its place there. Its name says whose it is, and
 * those of processes that are gone are removed first: a kill leaves one only until the next try.
 */
export async function makeStagingFolder(parent: string): Promise<string> {
  for (const entry of await readdir(parent)) {
    const pid = name.exec(entry)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(parent, entry), { recursive: true, force: true });
  }
  const path = join(parent, `.mos-staging-${process.pid}-${randomUUID().slice(0, 8)}`);
  await mkdir(path);
  return path;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
