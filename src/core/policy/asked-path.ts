import type { PathAct } from "./act.ts";
import { baseOf, parentOf } from "./path/paths.ts";

/** Twice what Linux takes. Longer ones are not asked about, and refused. */
export const pathLengthMax = 8192;

/** What the kernel is asked about an act's path: the folder around it where the last link is not followed. */
export function askedOf(act: PathAct): string {
  return lastName(act) === undefined ? act.path : parentOf(trimSlash(act.path));
}

/** The name that the kernel does not follow; undefined where it follows all. */
export function lastName(act: PathAct): string | undefined {
  // A slash at the end makes the kernel follow the link; a folder's own name for itself has no other.
  if (!act.unfollowed || act.path === "/" || act.path.endsWith("/")) return undefined;
  const name = baseOf(act.path);
  return name === "." || name === ".." || name === "" ? undefined : name;
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
