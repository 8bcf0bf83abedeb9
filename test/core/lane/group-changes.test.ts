import fc from "fast-check";
import { expect, test } from "vitest";
import { findEveryonesFiles } from "../../../src/core/gate/everyones-files.ts";
import { groupChanges, type QueuedChange } from "../../../src/core/lane/group-changes.ts";
import { pathsOverlap } from "../../../src/core/schedule/paths-overlap.ts";
import { readSeed } from "../../support/read-seed.ts";

const seed = readSeed();
const change = (id: string, ...paths: string[]): QueuedChange => ({
  id,
  paths,
  isEveryones: findEveryonesFiles(paths, new Map()).length > 0,
});
const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

test("G4h: changes that a chain of imports connects are one group, in either order", () => {
  const imports = graph({ "page.ts": ["list.ts"], "list.ts": ["item.ts"], "other.ts": [] });
  const [page, item, other] = [change("MUS-1", "page.ts"), change("MUS-2", "item.ts"), change("MUS-3", "other.ts")];
  expect(groupChanges({ queued: [page, other, item], imports })).toEqual([["MUS-1", "MUS-2"], ["MUS-3"]]);
  expect(groupChanges({ queued: [item, other, page], imports })).toEqual([["MUS-2", "MUS-1"], ["MUS-3"]]);
});

test("G4h: a third file that imports both does not bind them, and a circle of imports ends", () => {
  const imports = graph({ "main.ts": ["a.ts", "b.ts"], "a.ts": ["a2.ts"], "a2.ts": ["a.ts"], "b.ts": [] });
  expect(groupChanges({ queued: [change("MUS-1", "a.ts"), change("MUS-2", "b.ts")], imports })).toEqual([["MUS-1"], ["MUS-2"]]);
});

test("G4h: a lockfile, the checks' configuration and what the gate's rules name are everyone's", () => {
  const queued = [change("MUS-1", "a.ts"), change("MUS-2", "app/package-lock.json"), change("MUS-3", "b.ts")];
  expect(groupChanges({ queued, imports: graph({}) })).toEqual([["MUS-1", "MUS-2", "MUS-3"]]);
  const rules = new Map([["tools/check.sh", {}]]);
  const paths = ["src/a.ts", "tsconfig.json", "tools/check.sh", "web/yarn.lock", "node_modules/x/package.json"];
  expect(findEveryonesFiles(paths, rules)).toEqual(["tsconfig.json", "tools/check.sh", "web/yarn.lock"]);
});

test("G4h: a language that is not read is grouped by folder; without a graph declared paths alone count", () => {
  const queued = [change("MUS-1", "go/api/a.go"), change("MUS-2", "go/api/b.go"), change("MUS-3", "go/db/c.go"), change("MUS-4", "go/")];
  expect(groupChanges({ queued: queued.slice(0, 3), imports: graph({}) })).toEqual([["MUS-1", "MUS-2"], ["MUS-3"]]);
  expect(groupChanges({ queued: queued.slice(0, 3), imports: undefined })).toEqual([["MUS-1"], ["MUS-2"], ["MUS-3"]]);
  expect(groupChanges({ queued, imports: undefined })).toEqual([["MUS-1", "MUS-2", "MUS-3", "MUS-4"]]);
  const declared = [change("MUS-1", "page.ts"), change("MUS-2", "lib/")];
  expect(groupChanges({ queued: declared, imports: graph({ "page.ts": ["lib/a.ts"], "lib/a.ts": [] }) })).toEqual([["MUS-1", "MUS-2"]]);
});

test("G4h: changes of many files are grouped in a time that grows with their files", () => {
  const files = (at: number) => Array.from({ length: 600 }, (_, file) => `part${at}/folder${file % 10}/file${file}.ts`);
  const queued = Array.from({ length: 60 }, (_, at) => change(`MUS-${at + 1}`, ...files(at)));
  const startedMs = performance.now();
  expect(groupChanges({ queued: [...queued, change("MUS-61", "part7/folder3/")], imports: graph({}) })).toHaveLength(60);
  // Each compared with each took half a minute, in which the lander did nothing else.
  expect(performance.now() - startedMs).toBeLessThan(3000);
});

test("G4h: who changes files with many signs of globs in their names is taken to touch everybody", () => {
  const starred = change("MUS-2", ...Array.from({ length: 30 }, (_, at) => `odd/${at}*.ts`));
  expect(groupChanges({ queued: [change("MUS-1", "a.ts"), starred, change("MUS-3", "b.ts")], imports: graph({}) })).toEqual([
    ["MUS-1", "MUS-2", "MUS-3"],
  ]);
});

test(`groups are the connected components of reach, overlap and folder, told by comparing each with each (seed ${seed})`, () => {
  const file = fc.constantFrom("a.ts", "b.ts", "c.ts", "d.py", "e/f.ts", "e/g.go", "e/h.go", "i.go", "e/");
  const plain = file.filter((path) => !path.endsWith("/"));
  const edges = fc.dictionary(fc.constantFrom("a.ts", "b.ts", "c.ts", "d.py", "e/f.ts"), fc.array(plain, { maxLength: 2 }));
  fc.assert(
    fc.property(fc.array(fc.array(file, { minLength: 1, maxLength: 2 }), { maxLength: 7 }), edges, (rows, given) => {
      const queued = rows.map((paths, at) => change(`MUS-${at + 1}`, ...paths));
      const imports = graph(given);
      const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);
      const unread = (paths: readonly string[]) => paths.filter((path) => !/\.(ts|py)$/.test(path)).map(folderOf);
      const filesOf = ({ paths }: QueuedChange) => [...paths, ...(paths.includes("e/") && imports.has("e/f.ts") ? ["e/f.ts"] : [])];
      const meets = (a: QueuedChange, b: QueuedChange) =>
        pathsOverlap({ touches: [...a.paths] }, { touches: [...b.paths] }) ||
        filesOf(a).some((path) => reaches(imports, path, new Set(filesOf(b)))) ||
        filesOf(b).some((path) => reaches(imports, path, new Set(filesOf(a)))) ||
        unread(a.paths).some((folder) => unread(b.paths).includes(folder));
      const groups = groupChanges({ queued, imports });
      expect(groups.flat().sort()).toEqual(queued.map(({ id }) => id).sort());
      for (const group of groups) expect(spread(queued, group[0] as string, meets)).toEqual(new Set(group));
    }),
    { seed, numRuns: 1000 },
  );
});

function reaches(
  imports: ReadonlyMap<string, readonly string[]>,
  from: string,
  to: ReadonlySet<string>,
  seen = new Set<string>(),
): boolean {
  if (to.has(from)) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return (imports.get(from) ?? []).some((next) => reaches(imports, next, to, seen));
}

function spread(queued: readonly QueuedChange[], from: string, meets: (a: QueuedChange, b: QueuedChange) => boolean): Set<string> {
  const found = new Set([from]);
  for (const id of found)
    for (const other of queued) if (meets(queued.find((one) => one.id === id) as QueuedChange, other)) found.add(other.id);
  return found;
}
