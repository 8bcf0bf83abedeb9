const sampleFolders = new Set([
  "fixture",
  "fixtures",
  "__fixtures__",
  "testdata",
  "__snapshots__",
  "vendor",
  "third_party",
  "node_modules",
]);

/** Whether a path lies among samples or foreign code, where what looks like a defect is there on purpose. */
export function isSamplePath(path: string): boolean {
  return path.split("/").some((part) => sampleFolders.has(part));
}
