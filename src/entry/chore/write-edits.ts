import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RepoPath } from "../../contract/id.ts";
import type { Edit } from "../../core/chore/chore.ts";

/** Writes into the tree and nowhere else: no path that leaves it, reaches into `.git` or passes a symlink. */
export function writeEdits(root: string, edits: readonly Edit[]): void {
  for (const { path } of edits) assertInside(root, path);
  for (const { path, text } of edits) {
    const file = join(root, path);
    if (text === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function assertInside(root: string, path: string): void {
  if (!RepoPath.safeParse(path).success || path.endsWith("/"))
    throw new Error(`${JSON.stringify(path)} is not a file's path inside the repository`);
  const parts = path.split("/");
  for (let length = 1; length <= parts.length; length += 1) {
    const stat = lstatSync(join(root, ...parts.slice(0, length)), { throwIfNoEntry: false });
    if (stat === undefined) return;
    const ok = length === parts.length ? stat.isFile() || stat.isSymbolicLink() : stat.isDirectory();
    if (!ok || (length < parts.length && stat.isSymbolicLink()))
      throw new Error(`${JSON.stringify(path)} passes something that is not a folder`);
    if (length === parts.length && stat.isSymbolicLink()) throw new Error(`${JSON.stringify(path)} is a symlink`);
  }
}
