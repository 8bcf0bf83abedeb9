import type { ChoreWorld } from "../chore.ts";
import { baseOf, folderOf, relativePath, resolvePath } from "../join-path.ts";

/** Where renames led: old → new and new → old, each the latest. */
export interface Renames {
  readonly forward: ReadonlyMap<string, string>;
  readonly backward: ReadonlyMap<string, string>;
}

export function readRenames(world: ChoreWorld): Renames {
  const forward = new Map<string, string>();
  const backward = new Map<string, string>();
  for (const { from, to } of world.history.renames()) {
    if (!forward.has(from)) forward.set(from, to);
    if (!backward.has(to)) backward.set(to, from);
  }
  return { forward, backward };
}

export type Judged =
  | { readonly kind: "there" }
  | { readonly kind: "lost"; readonly path: string }
  | { readonly kind: "moved"; readonly path: string; readonly to: string; readonly how: string };

const common = new Set(["readme.md", "index.md", "index.js", "index.ts", "package.json", "license", "__init__.py", "makefile"]);

/**
 * Where the target of a link is now. In this order: git's renames of the target; the same link seen from where the
 * linking file was before; the only file of that name.
 */
export function findTarget(args: {
  world: ChoreWorld;
  renames: () => Renames;
  byName: ReadonlyMap<string, readonly string[]>;
  from: string;
  target: string;
}): Judged {
  const { world, byName, from, target } = args;
  const path = resolvePath(folderOf(from), target);
  if (path === "" || (path !== undefined && exists(world, path))) return { kind: "there" };
  const renames = args.renames();
  const renamed = path === undefined ? undefined : followRenames(world, renames, path);
  if (path !== undefined && renamed !== undefined) return { kind: "moved", path, to: renamed, how: "git saw the rename" };
  for (const former of formerPaths(renames, from)) {
    const seen = resolvePath(folderOf(former), target);
    if (seen === undefined || seen === "" || target.startsWith("/")) continue;
    const found = exists(world, seen) ? seen : followRenames(world, renames, seen);
    if (found !== undefined) return { kind: "moved", path: path ?? target, to: found, how: `the link was written in ${former}` };
  }
  // What leads out of the repository may be there: a sibling's file, or an address of the site that shows it.
  if (path === undefined) return { kind: "there" };
  const name = baseOf(path);
  const same = common.has(name.toLowerCase()) ? [] : (byName.get(name) ?? []).filter((other) => other !== from);
  const [only] = same;
  if (same.length === 1 && only !== undefined) return { kind: "moved", path, to: only, how: "it is the only file of that name" };
  return { kind: "lost", path };
}

/** Whether a link leads to something that is there. */
export function isThere(world: ChoreWorld, from: string, target: string): boolean {
  const path = resolvePath(folderOf(from), target);
  return path === "" || (path !== undefined && exists(world, path));
}

/** The link's new text. */
export function writeTarget(args: { from: string; to: string; target: string }): string {
  if (args.target.startsWith("/")) return `/${args.to}`;
  const path = relativePath(folderOf(args.from), args.to);
  const dotted = args.target.startsWith("./") && !path.startsWith("..") ? `./${path}` : path;
  return args.target.endsWith("/") && !dotted.endsWith("/") ? `${dotted}/` : dotted;
}

/** Sites that are built from markdown leave the extension out. */
function exists(world: ChoreWorld, path: string): boolean {
  return world.tree.has(path) || world.tree.has(`${path}.md`) || world.tree.has(`${path}.mdx`) || world.tree.has(`${path}/index.md`);
}

function followRenames(world: ChoreWorld, renames: Renames, path: string): string | undefined {
  let at = path;
  for (const seen = new Set([path]); ; ) {
    const next = renames.forward.get(at) ?? followFolder(renames, at);
    if (next === undefined || seen.has(next)) return undefined;
    if (world.tree.has(next)) return next;
    seen.add(next);
    at = next;
  }
}

/** A folder has moved when all that git saw leave it went to the same place. */
function followFolder(renames: Renames, folder: string): string | undefined {
  const places = new Set<string>();
  for (const [from, to] of renames.forward) {
    if (!from.startsWith(`${folder}/`)) continue;
    const tail = from.slice(folder.length);
    if (!to.endsWith(tail)) return undefined;
    places.add(to.slice(0, to.length - tail.length));
    if (places.size > 1) return undefined;
  }
  const [place] = places;
  return place === "" ? undefined : place;
}

function formerPaths(renames: Renames, path: string): string[] {
  const former: string[] = [];
  for (let at = renames.backward.get(path); at !== undefined && former.length < 10 && !former.includes(at); at = renames.backward.get(at))
    former.push(at);
  return former;
}
