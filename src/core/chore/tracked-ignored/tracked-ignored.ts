import { countOf } from "../../text/count-of.ts";
import { type Chore, type ChoreArgs, type ChoreFinding, type ChoreWorld, findingsMax } from "../chore.ts";
import { isBuildOutput } from "./is-build-output.ts";

interface Tracked {
  readonly path: string;
  readonly source: string;
  readonly line: number;
  readonly pattern: string;
}

/**
 * Files that git tracks although the repository's own rules ignore them. Those that a program makes are taken out (the
 * rules keep them out from then on); what a person may have written and forced in is only reported.
 */
export const trackedIgnored: Chore = {
  id: "tracked-ignored",

  async find(world) {
    const tracked = listTracked(world);
    const output = groupOutput(world, tracked);
    const others = tracked.filter(({ path }) => !isBuildOutput(path));
    return [...output.map(describeOutput), ...others.map(describeOther)].slice(0, findingsMax);
  },

  async fix(world, args) {
    const gone = outputWithin(world, args);
    const folders = [...new Set(groupOutput(world, gone).map(({ place }) => place))];
    return {
      edits: gone.map(({ path }) => ({ path, text: undefined })),
      changed:
        gone.length === 0
          ? []
          : [
              `${countOf(gone.length, "file that is built is", "files that are built are")} no longer tracked: ${folders.slice(0, 10).join(", ")}`,
            ],
      learned: folders.slice(0, 10).map((place) => `${place} is build output and is not kept in git`),
    };
  },

  async check(world, args) {
    return outputWithin(world, args).map(({ path }) => `${path} is still there`);
  },
};

/** What is tracked and there; of rules only those that stand in the repository itself. */
function listTracked(world: ChoreWorld): Tracked[] {
  return world.history
    .trackedIgnored()
    .filter(({ path, source }) => /(^|\/)\.gitignore$/.test(source) && !source.startsWith("/") && world.tree.has(path));
}

function outputWithin(world: ChoreWorld, args: ChoreArgs): Tracked[] {
  const inside = (path: string) => args.targets.some((target) => (target.endsWith("/") ? path.startsWith(target) : path === target));
  return listTracked(world).filter(({ path }) => isBuildOutput(path) && (args.targets.length === 0 || inside(path)));
}

interface OutputGroup {
  /** A folder with its slash, when all that is tracked in it goes; else the file. */
  readonly place: string;
  readonly files: readonly Tracked[];
}

function groupOutput(world: ChoreWorld, tracked: readonly Tracked[]): OutputGroup[] {
  const output = tracked.filter(({ path }) => isBuildOutput(path));
  const going = new Set(output.map(({ path }) => path));
  const groups = new Map<string, Tracked[]>();
  for (const file of output) {
    const place = folderThatGoes(world, file.path, going);
    groups.set(place, [...(groups.get(place) ?? []), file]);
  }
  return [...groups].map(([place, files]) => ({ place, files }));
}

/** The outermost folder of which nothing would be left. */
function folderThatGoes(world: ChoreWorld, path: string, going: ReadonlySet<string>): string {
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const folder = path.slice(0, at + 1);
    if (world.tree.paths.every((other) => !other.startsWith(folder) || going.has(other))) return folder;
  }
  return path;
}

function describeOutput({ place, files }: OutputGroup): ChoreFinding {
  const [first] = files;
  const what = place.endsWith("/") ? `${countOf(files.length, "file")} in ${place} are` : `${place} is`;
  return {
    subject: place,
    text: `${what} tracked, though ${first?.source} line ${first?.line} ignores "${first?.pattern}"`,
    evidence: first ? [{ path: first.source, line: first.line }] : [],
    values: { path: place },
  };
}

function describeOther({ path, source, line, pattern }: Tracked): ChoreFinding {
  return {
    subject: path,
    text: `${path} is tracked, though ${source} line ${line} ignores "${pattern}"; it may be written by hand`,
    evidence: [{ path: source, line }],
    values: {},
  };
}
