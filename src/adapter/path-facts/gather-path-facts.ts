import { lstatSync, readlinkSync, type Stats } from "node:fs";
import type { PathFact } from "../../contract/policy.ts";

const linksMax = 40;
const pathsMax = 20_000;

/**
 * What the kernel makes of each path: links followed one name at a time, `..` taken from where they lead. What is not there is
 * appended to the deepest folder that is. Nothing below /proc is followed: it would show this process, not the agent's.
 * Reads names only, never content. Never throws; more than 20,000 paths are left out, which `evaluate` refuses.
 *
 * @param shown  a folder of this machine that the agent sees under another name: what lies below `at` is looked for there
 */
export function gatherPathFacts(paths: readonly string[], shown?: Shown): PathFact[] {
  const seen = new Map<string, Look>();
  return paths.slice(0, pathsMax).map((asked) => resolve(asked, seen, shown));
}

export interface Shown {
  readonly at: string;
  readonly from: string;
}

type Look = { readonly kind: "link"; readonly to: string } | { readonly kind: PathFact["kind"]; readonly links: number };

function resolve(asked: string, seen: Map<string, Look>, shown: Shown | undefined): PathFact {
  const open = splitPath(asked).reverse();
  let at = "";
  let followed = 0;
  let last: { kind: PathFact["kind"]; links: number } = { kind: "folder", links: 1 };
  while (open.length > 0) {
    const name = open.pop() as string;
    if (name === "..") {
      at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
      last = { kind: "folder", links: 1 };
      continue;
    }
    const path = `${at}/${name}`;
    if (path === "/proc") return { asked, path: [path, ...open.reverse()].join("/"), kind: "other", links: 1 };
    const look = lookAt(path, seen, shown);
    if (look.kind === "link") {
      followed += 1;
      if (followed > linksMax) return { asked, path, kind: "unreadable", links: 1 };
      if (look.to.startsWith("/")) at = "";
      open.push(...splitPath(look.to).reverse());
      continue;
    }
    at = path;
    last = look;
    if (look.kind !== "folder" && open.length > 0)
      return { asked, path: appendRest(at, open), kind: look.kind === "unreadable" ? "unreadable" : "absent", links: 1 };
  }
  return { asked, path: at === "" ? "/" : at, kind: last.kind, links: last.links };
}

function splitPath(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** `open` is reversed. */
function appendRest(from: string, open: readonly string[]): string {
  let at = from;
  for (const name of [...open].reverse()) at = name === ".." ? at.slice(0, Math.max(0, at.lastIndexOf("/"))) : `${at}/${name}`;
  return at === "" ? "/" : at;
}

function lookAt(path: string, seen: Map<string, Look>, shown: Shown | undefined): Look {
  const known = seen.get(path);
  if (known) return known;
  const look = shown?.at.startsWith(`${path}/`) ? folder : lookFresh(findShown(path, shown));
  seen.set(path, look);
  return look;
}

/** Above what is shown there are folders, whatever this machine has there. */
const folder: Look = { kind: "folder", links: 1 };

function findShown(path: string, shown: Shown | undefined): string {
  const below = shown && (path === shown.at || path.startsWith(`${shown.at}/`));
  return below ? `${shown.from}${path.slice(shown.at.length)}` : path;
}

function lookFresh(path: string): Look {
  try {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) return { kind: "link", to: readlinkSync(path) };
    return { kind: kindOf(stats), links: stats.isFile() ? stats.nlink : 1 };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG" ? "absent" : "unreadable", links: 1 };
  }
}

function kindOf(stats: Stats): PathFact["kind"] {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "folder" : "other";
}
