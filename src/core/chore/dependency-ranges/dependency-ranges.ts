import { type Chore, type ChoreArgs, type ChoreFinding, type ChoreWorld, type Edit, findingsMax } from "../chore.ts";
import { findPackageRanges } from "./find-package-ranges.ts";
import { findRequirementRanges } from "./find-requirement-ranges.ts";
import type { LooseRange, Splice } from "./loose-range.ts";

/** Dependencies that take any later version, narrowed to what the lock file or the installed packages say is in use. */
export const dependencyRanges: Chore = {
  id: "dependency-ranges",

  async find(world) {
    return findRanges(world, []).slice(0, findingsMax).map(describeRange);
  },

  /** `--names a,b`: only these dependencies. Targets: only in these files. */
  async fix(world, args) {
    const ranges = findRanges(world, args.targets).filter((range) => range.wanted !== undefined && isNamed(range, args));
    return {
      edits: applySplices(
        world,
        ranges.flatMap(({ edits }) => edits),
      ),
      changed: ranges.map(({ file, name, range, wanted }) => `${file}: ${name} ${range} is now ${wanted}`),
      learned: ranges.map(({ name, version, source }) => `${name} is in use at ${version}, says ${source}`),
    };
  },

  async check(world, args) {
    return findRanges(world, args.targets)
      .filter((range) => range.wanted !== undefined && isNamed(range, args))
      .map((range) => describeRange(range).text);
  },
};

function findRanges(world: ChoreWorld, targets: readonly string[]): LooseRange[] {
  const all = [...findPackageRanges(world), ...findRequirementRanges(world)];
  return targets.length === 0 ? all : all.filter(({ file }) => targets.includes(file));
}

function isNamed({ name }: LooseRange, { options }: ChoreArgs): boolean {
  return options.names === undefined || options.names.split(",").includes(name);
}

function describeRange({ file, line, name, range, wanted, source, edits }: LooseRange): ChoreFinding {
  const known = wanted === undefined ? "nothing says which version is in use" : `${source} says ${wanted}`;
  return {
    subject: `${file} ${name}`,
    text: `${file} takes any later version of ${name}: ${range}; ${known}`,
    evidence: [{ path: file, line }],
    values: wanted === undefined ? {} : { path: [...new Set(edits.map(({ path }) => path))], dependency: name },
  };
}

/** From the end of each file, so that places before stay true. */
function applySplices(world: ChoreWorld, splices: readonly Splice[]): Edit[] {
  const files = new Map<string, string>();
  for (const { path, start, end, text } of splices.toSorted((a, b) => b.start - a.start)) {
    const before = files.get(path) ?? world.tree.read(path) ?? "";
    files.set(path, before.slice(0, start) + text + before.slice(end));
  }
  return [...files].map(([path, text]) => ({ path, text }));
}
