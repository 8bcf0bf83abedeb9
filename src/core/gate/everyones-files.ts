import { findDefiningFiles } from "./defining-files.ts";

/** What is installed, and with which versions: lockfiles, and the files that they are made from. */
export const lockfiles =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|package\.json|\.npmrc|pnpm-lock\.yaml|yarn\.lock|uv\.lock|poetry\.lock|requirements[^/]*\.txt|pyproject\.toml|Cargo\.lock|Cargo\.toml|go\.sum|go\.mod|Gemfile\.lock)$/;

/**
 * Of these paths those on which everything in a repository depends: lockfiles, and what says what the checks mean (G2b).
 *
 * @param rules  the `files` of `readGateRules`: what defines the checks by another way than its name
 */
export function findEveryonesFiles(paths: readonly string[], rules: Pick<ReadonlyMap<string, unknown>, "has">): string[] {
  const byName = new Set(findDefiningFiles(paths));
  return paths.filter((path) => byName.has(path) || rules.has(path) || (lockfiles.test(path) && !path.includes("node_modules/")));
}
