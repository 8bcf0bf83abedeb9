import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { MosError } from "../../contract/error.ts";
import { storeReadonly, storeUnavailable } from "./store-error.ts";

/** How the engine is to open the file, and whether it may be written at all. */
export interface StoreFile {
  readonly source: string;
  readonly writable: boolean;
  readonly identity: string;
}

/**
 * Finds the file, or makes it and its folder, readable by the operator alone.
 * Throws `store-unavailable`, and `store-readonly` where even reading would need to write.
 */
export function findStoreFile(args: { file: string; create: boolean }): StoreFile {
  const { file, create } = args;
  try {
    if (!existsSync(file)) {
      if (!create) throw storeUnavailable(file, "there is no such file");
      makeFile(file);
    }
    if (!statSync(file).isFile()) throw storeUnavailable(file, "it is not a file");
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw explainFileError(error, file);
  }
  const identity = identifyFile(file);
  if (isWritable(file) && isWritable(dirname(file))) return { source: file, writable: true, identity };
  return { source: findReadonlySource(file), writable: false, identity };
}

/** The file itself, apart from its name: another one put in its place is another. */
export function identifyFile(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : "none";
}

/** The engine would make the file readable for all; its `-wal` and `-shm` take this one's mode. */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600));
}

function explainFileError(error: unknown, file: string): unknown {
  if (error instanceof MosError || !(error instanceof Error)) return error;
  // By what is there and not by the error's code: Node 20 says ENOENT where a folder cannot be made on a read-only disk.
  if (!existsSync(file) && !isWritable(findFolder(file))) return storeReadonly(file, error);
  return storeUnavailable(file, error.message, error);
}

/** The nearest folder above that is there. */
function findFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : findFolder(folder);
}

/**
 * In WAL mode even a reader makes `-shm` beside the file. Where that cannot be made the file is read as it lies, which is
 * whole only when no `-wal` holds more; with one, and without its `-shm`, nothing true can be read.
 */
function findReadonlySource(file: string): string {
  const rest = sizeOf(`${file}-wal`);
  if (rest === 0) return `${pathToFileURL(file).href}?immutable=1`;
  if (existsSync(`${file}-shm`) || isWritable(dirname(file))) return file;
  throw storeReadonly(file);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
