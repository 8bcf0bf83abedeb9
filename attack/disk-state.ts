import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What the kernel says of each thing below some folders, by absolute path. A write, a chmod, a rename: each shows in it. */
export type DiskState = ReadonlyMap<string, string>;

/**
 * Looks at everything below `roots`. The time of change (ctime) is the kernel's own and can be set by nobody, so equal states
 * mean that nothing was written.
 *
 * @param skip  these paths and everything below them are left out; their names in their folder are still seen
 */
export function readDiskState(roots: readonly string[], skip: ReadonlySet<string>): DiskState {
  const seen = new Map<string, string>();
  const walk = (path: string) => {
    if (skip.has(path)) return;
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (!found) return;
    const common = `${found.mode} ${found.uid}:${found.gid} ${found.ino}`;
    if (!found.isDirectory()) {
      seen.set(path, `${common} ${found.size} ${found.nlink} ${found.mtimeNs} ${found.ctimeNs}`);
      return;
    }
    const names = readdirSync(path).sort();
    // A folder's own times move when something that is left out is made in it: its names say what matters.
    seen.set(path, `${common} [${names.join("\0")}]`);
    for (const name of names) walk(join(path, name));
  };
  for (const root of roots) walk(root);
  return seen;
}

/** The paths that came, went or differ. */
export function listChanges(before: DiskState, after: DiskState): string[] {
  const changes: string[] = [];
  for (const [path, state] of after) if (before.get(path) !== state) changes.push(before.has(path) ? `changed ${path}` : `new ${path}`);
  for (const path of before.keys()) if (!after.has(path)) changes.push(`gone ${path}`);
  return changes;
}

/** Contents of a tree by path, as text: mode, and what a file or link holds. */
export function readTree(root: string, skip: (path: string) => boolean = () => false): Map<string, string> {
  const seen = new Map<string, string>();
  const walk = (folder: string) => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (skip(path)) continue;
      const found = lstatSync(join(root, path));
      const executable = (found.mode & 0o111) !== 0 ? "x" : "-";
      if (found.isSymbolicLink()) seen.set(path, `link ${readlinkSync(join(root, path))}`);
      else if (found.isDirectory()) walk(path);
      else if (found.isFile()) seen.set(path, `${executable} ${readFileSync(join(root, path), "latin1")}`);
      else seen.set(path, "other");
    }
  };
  walk("");
  return seen;
}
