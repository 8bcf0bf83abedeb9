import { isInsideTouches } from "../schedule/is-inside-touches.ts";
import { claimsOverlap, compileClaim } from "../schedule/paths-overlap.ts";
import { isReadLanguage } from "./read-imports.ts";

/** One queued ticket with what it changes: the changed files, or, where they are not known, the declared paths (T7). */
export interface QueuedChange {
  readonly id: string;
  readonly paths: readonly string[];
  /** Whether one of them is everyone's: `findEveryonesFiles`. */
  readonly isEveryones: boolean;
}

/**
 * Which queued tickets may touch one another, for the order of a train alone: the union is tested whatever this says.
 * Two belong together when their paths overlap, when a file of the one reaches a file of the other by imports, however
 * far, or when both change files of one folder in a language whose imports are not read. Who changes what is everyone's
 * belongs to all. That both are imported by a third file does not bind them, or a program's entry would bind all.
 *
 * @param imports  by file the files that it imports; `undefined` where they could not be had: declared paths alone
 * @returns the groups as ids, each in the order of the queue, the group of the first one first
 */
export function groupChanges(args: {
  queued: readonly QueuedChange[];
  imports: ReadonlyMap<string, readonly string[]> | undefined;
}): string[][] {
  const { queued, imports } = args;
  const parents = queued.map((_, at) => at);
  const find = (at: number): number => {
    let root = at;
    while (parents[root] !== root) root = parents[root] as number;
    parents[at] = root;
    return root;
  };
  const join = (a: number, b: number): void => {
    const [left, right] = [find(a), find(b)];
    parents[Math.max(left, right)] = Math.min(left, right);
  };
  joinOverlapping(queued, join);
  if (queued.some((change) => change.isEveryones)) for (const at of queued.keys()) join(0, at);
  if (imports !== undefined) joinConnected(queued, imports, join);
  const groups = new Map<number, string[]>();
  for (const [at, { id }] of queued.entries()) groups.set(find(at), [...(groups.get(find(at)) ?? []), id]);
  return [...groups.values()];
}

type Join = (a: number, b: number) => void;

/** With more globs than these a ticket is taken to touch everybody: each is compared with each path of all others. */
const globsMax = 20;

/** Plain paths, of which a change may have thousands, are looked up; globs alone are compared. */
function joinOverlapping(queued: readonly QueuedChange[], join: Join): void {
  const claims = queued.map(({ paths }) => compileClaim({ touches: [...paths] }));
  const plain = claims.map(({ patterns }) => patterns.filter(({ segments, plain: until }) => until === segments.length));
  const owners = new Map<string, number>();
  for (const [at, patterns] of plain.entries())
    for (const { segments } of patterns) {
      const path = segments.join("/");
      const owner = owners.get(path);
      if (owner === undefined) owners.set(path, at);
      else join(owner, at);
    }
  for (const [at, patterns] of plain.entries())
    for (const { segments } of patterns)
      for (let depth = 1; depth < segments.length; depth += 1) {
        const owner = owners.get(segments.slice(0, depth).join("/"));
        if (owner !== undefined) join(owner, at);
      }
  for (const [at, { patterns }] of claims.entries()) {
    const globs = patterns.filter(({ segments, plain: until }) => until < segments.length);
    if (globs.length === 0) continue;
    const wide = compileClaim({ touches: globs.map(({ text }) => text) });
    for (const [other, claim] of claims.entries())
      if (other !== at && (globs.length > globsMax || claimsOverlap(wide, claim))) join(other, at);
  }
}

/** Each file and folder that a ticket changes belongs to the first that changes it; who reaches it by imports joins that one. */
function joinConnected(queued: readonly QueuedChange[], imports: ReadonlyMap<string, readonly string[]>, join: Join): void {
  const owners = new Map<string, number>();
  const changes = queued.map(({ paths }) => ({ paths: listFiles(paths, imports) }));
  for (const [at, { paths }] of changes.entries()) {
    for (const place of paths.flatMap(placesOf)) {
      const owner = owners.get(place);
      if (owner === undefined) owners.set(place, at);
      else join(owner, at);
    }
  }
  for (const [at, { paths }] of changes.entries()) {
    const seen = new Set(paths);
    for (const path of seen) {
      const owner = owners.get(path);
      if (owner !== undefined) join(owner, at);
      for (const next of imports.get(path) ?? []) seen.add(next);
    }
  }
}

/** A declared folder or glob stands for the files that are there as well. */
function listFiles(paths: readonly string[], imports: ReadonlyMap<string, unknown>): string[] {
  const wide = paths.filter((path) => /[*?]|\/$/.test(path));
  const within = wide.length === 0 || wide.length > globsMax ? [] : [...imports.keys()].filter((path) => isInsideTouches(path, wide));
  return [...paths, ...within];
}

function placesOf(path: string): string[] {
  return isReadLanguage(path) ? [path] : [path, path.slice(0, path.lastIndexOf("/") + 1) || "/"];
}
