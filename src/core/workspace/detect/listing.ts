/** The tracked files of a repository at one commit. */
export interface Listing {
  readonly files: readonly string[];
  /** The text of a file for which `isRead` says yes; `undefined` when it is not there. */
  read(path: string): string | undefined;
}

/** How many test files are read to tell pytest from unittest. */
export const testFilesReadMax = 40;

const manifests =
  /^(package\.json|pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|Pipfile|requirements[\w.-]*\.txt|Makefile|GNUmakefile|[Jj]ustfile|deno\.jsonc?|Gemfile|composer\.json|\.gitignore|\.yarnrc\.yml|pom\.xml|Cargo\.toml|go\.mod)$/;

/** Whether detection wants to see this file's text. */
export function isRead(path: string): boolean {
  const parts = path.split("/");
  return (parts.length <= 2 && manifests.test(parts.at(-1) as string)) || isPythonTest(path);
}

export function isPythonTest(path: string): boolean {
  return /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path);
}

/** The files below `folder`, as seen from there. */
export function scopeListing(listing: Listing, folder: string): Listing {
  if (folder === "") return listing;
  const prefix = `${folder}/`;
  return {
    files: listing.files.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)),
    read: (path) => listing.read(prefix + path),
  };
}

export function has(listing: Listing, pattern: RegExp): boolean {
  return listing.files.some((path) => pattern.test(path));
}

/** Whether a TOML or INI file has this section: `[tool.ruff]`, or one below it. */
export function hasSection(listing: Listing, path: string, section: string): boolean {
  const text = listing.read(path) ?? "";
  const name = section.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^\\s*\\[\\[?\\s*${name}(\\.[^\\]]+)?\\s*\\]`, "m").test(text);
}
