import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { runGitIn } from "./make-repository.ts";

/**
 * Everything below `root` as text: path, mode and content of each file, folders too. Two equal snapshots show that
 * nothing was changed, lost or left behind. Git folders are skipped but for what `refs` says of them.
 */
export function takeSnapshot(root: string, skip: readonly string[] = []): Record<string, string> {
  const seen: Record<string, string> = {};
  walk("");
  return seen;

  function walk(folder: string): void {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (skip.includes(path)) continue;
      const found = lstatSync(join(root, path));
      const mode = (found.mode & 0o7777).toString(8);
      if (found.isSymbolicLink()) seen[path] = `link ${readlinkSync(join(root, path))}`;
      else if (name === ".git" && found.isDirectory()) seen[path] = describeRepository(join(root, folder));
      else if (found.isDirectory()) {
        seen[path] = `folder ${mode}`;
        walk(path);
      } else seen[path] = `${mode} ${readFileSync(join(root, path), "latin1")}`;
    }
  }
}

/** HEAD, every ref and the index of a repository. */
export function describeRepository(path: string): string {
  return [
    readFileSync(join(path, ".git", "HEAD"), "utf8"),
    runGitIn(path, "for-each-ref"),
    runGitIn(path, "ls-files", "--stage"),
    runGitIn(path, "status", "--porcelain=v1"),
  ].join("\n");
}
