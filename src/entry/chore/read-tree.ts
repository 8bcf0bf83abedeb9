import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "../../core/chore/chore.ts";
import { runGit, splitNul } from "./run-git.ts";

const pathsMax = 50_000;
const fileBytesMax = 2 * 1024 * 1024;

/** The files that git would commit: tracked and still there, or new and not ignored. */
export function readTree(root: string): Tree {
  const files = listFiles(root);
  const known = new Set(files);
  for (const path of files) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) known.add(path.slice(0, at));
  }
  const texts = new Map<string, string | undefined>();
  return {
    paths: files,
    has: (path) => known.has(path),
    read(path) {
      if (!texts.has(path)) texts.set(path, known.has(path) ? readText(join(root, path)) : undefined);
      return texts.get(path);
    },
    readInstalled: (path) => (path.split("/").includes("..") ? undefined : readText(join(root, path))),
  };
}

export function listFiles(root: string): string[] {
  const listed = splitNul(runGit(root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]));
  // A name that is not UTF-8 cannot be told to anybody in JSON.
  const named = listed.filter((path) => !path.includes("\uFFFD") && !path.split("/").includes("node_modules"));
  return named
    .slice(0, pathsMax)
    .filter((path) => isThere(join(root, path)))
    .sort();
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Never follows a link at the end of the path, never waits on a pipe. */
function readText(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > fileBytesMax) return undefined;
    const bytes = Buffer.alloc(stat.size);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, length);
    return decodeText(bytes.subarray(0, length));
  } finally {
    closeSync(file);
  }
}

/** Text is UTF-8 without NUL; a byte order mark is kept. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 8192).includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
