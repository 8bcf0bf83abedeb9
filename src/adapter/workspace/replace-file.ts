import { open, realpath, rename, rm, stat } from "node:fs/promises";

/**
 * Replaces the file's text by rename, so that a reader or a crash meets the old or the new one; mode and a symbolic link
 * to it stay. The caller holds a lock: the new text has one fixed name until it is in place, so that what a kill leaves
 * is used up by the next call. (write-file-atomic takes another name for each process, which nobody finds again.)
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path);
  const { mode } = await stat(target);
  const fresh = `${target}.new`;
  try {
    await writeThrough(fresh, text, mode & 0o777);
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeThrough(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, "w", mode);
  try {
    await file.writeFile(text);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}
