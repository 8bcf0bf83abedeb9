import { findDefiningFiles, lockfiles } from "./defining-files.ts";

/**
 * Of these paths those on which everything in a repository depends: lockfiles, and what says what the checks mean (G2b).
 *
 * @param rules  the `files` of `readGateRules`: what defines the checks by another way than its name
 */
export function findEveryonesFiles(paths: readonly string[], rules: Pick<ReadonlyMap<string, unknown>, "has">): string[] {
  const byName = new Set(findDefiningFiles(paths));
  return paths.filter((path) => byName.has(path) || rules.has(path) || (lockfiles.test(path) && !path.includes("node_modules/")));
}
