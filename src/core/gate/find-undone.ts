import type { ChangedPath } from "../../port/git.ts";

/**
 * Paths at which a merged tree differs from main though the work says nothing of them: there what landed before would be
 * undone (G1b). A file that main renamed since takes the work's change under its new name, which is no such path.
 *
 * @param merged  main against the merged tree
 * @param work    the work's base against the work
 * @param landed  the work's base against main: what landed meanwhile
 */
export function findUndone(args: {
  merged: readonly ChangedPath[];
  work: readonly ChangedPath[];
  landed: readonly ChangedPath[];
}): string[] {
  const { merged, work, landed } = args;
  const own = new Set(work.map(({ path }) => path));
  const renamedFrom = landed.filter(({ status, path }) => status === "D" && own.has(path)).length;
  const renamedTo = new Set(landed.filter(({ status }) => status === "A").map(({ path }) => path));
  const moved = merged.filter(({ status, path }) => !own.has(path) && status === "M" && renamedTo.has(path));
  const excused = new Set(moved.length <= renamedFrom ? moved.map(({ path }) => path) : []);
  return merged.map(({ path }) => path).filter((path) => !own.has(path) && !excused.has(path));
}
