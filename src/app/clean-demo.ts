import { lstat, readdir, readFile, realpath, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { exitCode, MosError } from "../contract/error.ts";
import { DemoMark } from "../core/demo/demo-data.ts";
import { demoMarkFile } from "./make-demo.ts";

/** How the temporary folders of demos begin. */
export const demoFolderPrefix = "mos-demo-";

/**
 * Removes demo workspaces: the one in `dir`, or all in `tempDir`. Only a folder whose own mark names this very place
 * goes; one that was moved, copied, linked to or merely looks like one stays. May be repeated.
 *
 * @param uid  the user that the folder must belong to
 * @throws MosError `not-a-demo` when `dir` is not one
 */
export async function cleanDemos(args: { dir?: string; tempDir: string; uid: number | undefined }): Promise<{ removed: string[] }> {
  const candidates = args.dir === undefined ? await findCandidates(args.tempDir) : [resolve(args.dir)];
  const removed: string[] = [];
  for (const path of candidates) {
    if (await isDemo(path, args.uid)) {
      await rm(path, { recursive: true, force: true });
      removed.push(path);
    } else if (args.dir !== undefined) throw notDemo(path);
  }
  return { removed };
}

async function findCandidates(tempDir: string): Promise<string[]> {
  const names = await readdir(tempDir);
  return names.filter((name) => name.startsWith(demoFolderPrefix)).map((name) => join(tempDir, name));
}

async function isDemo(path: string, uid: number | undefined): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory() || (uid !== undefined && found.uid !== uid)) return false;
  const text = await readFile(join(path, demoMarkFile), "utf8").catch(() => undefined);
  if (text === undefined) return false;
  try {
    return DemoMark.parse(JSON.parse(text)).root === (await realpath(path));
  } catch {
    return false;
  }
}

function notDemo(path: string): MosError {
  return new MosError({
    code: "not-a-demo",
    message: `${path} is not a demo workspace: no ${demoMarkFile} in it names this place`,
    hint: "Give the folder that mos demo printed. Any other folder is yours to remove.",
    exit: exitCode.notFound,
  });
}
