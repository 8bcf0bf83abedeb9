import type { ChoreWorld, RepositoryCheck } from "../chore.ts";

const placesMax = 5;
const place = /(?:File "([^"\n]{1,300})", line (\d+))|(?:(?:file:\/\/)?([\w@.+/-]{1,300}\.[a-zA-Z]{1,5})[:(](\d{1,6}))/g;

/** Where to look: lines of the repository's own files that the output names, tests first; else where the check is defined. */
export function findPlaces(world: ChoreWorld, check: RepositoryCheck, output: string): { path: string; line: number }[] {
  const found = new Map<string, { path: string; line: number }>();
  for (const match of output.matchAll(place)) {
    const path = (match[1] ?? match[3] ?? "").replace(/^\.\//, "");
    const line = Number(match[2] ?? match[4]);
    const text = line > 0 && world.tree.paths.includes(path) ? world.tree.read(path) : undefined;
    if (text !== undefined && line <= text.split("\n").length) found.set(`${path}:${line}`, { path, line });
    if (found.size >= 50) break;
  }
  const places = [...found.values()].sort((a, b) => Number(isTest(b.path)) - Number(isTest(a.path))).slice(0, placesMax);
  return places.length > 0 ? places : findDefinition(world, check);
}

function isTest(path: string): boolean {
  return /(^|\/)(tests?|spec|__tests__)\/|[._-](test|spec)\.\w+$|(^|\/)test_[^/]*\.py$/.test(path);
}

/** `npm test`, `npm run x`: the script's line in package.json. */
function findDefinition(world: ChoreWorld, { run }: RepositoryCheck): { path: string; line: number }[] {
  const script = /^(?:npm|pnpm|yarn)(?: run)? ([\w:-]+)/.exec(run)?.[1];
  const lines = (world.tree.read("package.json") ?? "").split("\n");
  const at = script === undefined ? -1 : lines.findIndex((line) => line.includes(`"${script}"`));
  return at === -1 ? [] : [{ path: "package.json", line: at + 1 }];
}
