import type { Scene } from "../scene.ts";
import { foldName, isInside, relativeTo } from "./paths.ts";

/** Where a path lies, seen from one agent. The nearest border counts: a worktree within the state folder is the worktree. */
export type Place =
  | { readonly zone: "worktree"; readonly below: string }
  /** A part of the worktree that configures guards or git: `.git`, `.claude`. */
  | { readonly zone: "guarded"; readonly name: string }
  | { readonly zone: "wiki" }
  | { readonly zone: "own-repo" }
  | { readonly zone: "own-git" }
  | { readonly zone: "domain"; readonly domain: string; readonly sealed: boolean }
  | { readonly zone: "other-worktree" }
  | { readonly zone: "store" }
  | { readonly zone: "guard-files" }
  | { readonly zone: "state" }
  | { readonly zone: "configuration" }
  | { readonly zone: "workspace" }
  | { readonly zone: "protected" }
  | { readonly zone: "program" }
  | { readonly zone: "home" }
  | { readonly zone: "process" }
  | { readonly zone: "readable" }
  | { readonly zone: "writable" }
  | { readonly zone: "outside" };

/** `path` is absolute and normalised. */
export function findPlace(scene: Scene, path: string): Place {
  const { policy, worktree } = scene;
  if (isInside(path, "/proc")) return { zone: isHarmlessProc(path) ? "readable" : "process" };
  if (worktree !== undefined && isInside(path, worktree)) return placeInWorktree(scene, relativeTo(worktree, path));
  const silo = placeInDomain(scene, path);
  if (silo) return silo;
  if (isInside(path, policy.stateDir)) return placeInState(relativeTo(policy.stateDir, path));
  if (isInside(path, policy.root)) return placeInRoot(relativeTo(policy.root, path));
  if (scene.protectedPlaces.some((place) => isProtectedBy(path, place))) return { zone: "protected" };
  if (isInside(path, policy.programDir)) return { zone: "program" };
  if (isInside(path, policy.home)) return { zone: "home" };
  const open = policy.writable.find((place) => isInside(path, place));
  if (open !== undefined) return { zone: isSettings(guardedName(scene, relativeTo(open, path))) ? "protected" : "writable" };
  if (path === "/" || policy.readable.some((place) => isInside(path, place))) return { zone: "readable" };
  return { zone: "outside" };
}

/** `/home/u/.claude*` protects every name that begins so. */
function isProtectedBy(path: string, place: string): boolean {
  return place.endsWith("*") ? path.startsWith(place.slice(0, -1)) : isInside(path, place);
}

function placeInWorktree(scene: Scene, below: string): Place {
  const name = guardedName(scene, below);
  if (name !== undefined) return { zone: "guarded", name };
  if (below === "wiki" || /^wiki\//i.test(below)) return { zone: "wiki" };
  return { zone: "worktree", below };
}

/** Below /tmp too a client may have a home with its settings; a scratch repository there is the agent's own affair. */
function isSettings(name: string | undefined): boolean {
  return name !== undefined && !/^\.git(modules)?$/i.test(name);
}

/** The first part of a path that is protected by name, at any depth. */
function guardedName(scene: Scene, path: string): string | undefined {
  for (const part of path.split("/")) {
    if (part !== "" && scene.protectedNames.has(foldName(part))) return part;
  }
  return undefined;
}

/** The deepest repository wins, so that one within another belongs to its own domain. */
function placeInDomain(scene: Scene, path: string): Place | undefined {
  let depth = -1;
  let place: Place | undefined;
  for (const domain of scene.policy.domains) {
    for (const repo of domain.repos) {
      if (isInside(path, repo.gitDir) && repo.gitDir.length > depth) {
        depth = repo.gitDir.length;
        place = domain === scene.own ? { zone: "own-git" } : { zone: "domain", domain: domain.name, sealed: domain.sealed };
      }
      if (isInside(path, repo.path) && repo.path.length > depth) {
        depth = repo.path.length;
        place = domain === scene.own ? { zone: "own-repo" } : { zone: "domain", domain: domain.name, sealed: domain.sealed };
      }
    }
  }
  return place;
}

function placeInState(below: string): Place {
  const first = below.split("/")[0] as string;
  if (/^(worktrees?|slots?)$/.test(first)) return { zone: "other-worktree" };
  if (/^(policy|run$|guards?$|hooks?$)/.test(first)) return { zone: "guard-files" };
  if (/\.(db|sqlite3?)([-.]|$)/.test(below) || /^(tickets?|log|store)$/.test(first)) return { zone: "store" };
  return { zone: "state" };
}

function placeInRoot(below: string): Place {
  return /^(mos\.yaml|playbooks(\/.*)?)$/.test(below) ? { zone: "configuration" } : { zone: "workspace" };
}

/** Facts about the machine and about the asking process itself; nothing that leads to files, memory or other processes. */
function isHarmlessProc(path: string): boolean {
  return (
    /^\/proc\/(cpuinfo|meminfo|loadavg|uptime|version|stat|filesystems|sys\/kernel\/(osrelease|ostype|pid_max|random\/uuid))$/.test(path) ||
    /^\/proc\/self\/(status|stat|statm|limits|cgroup|comm)$/.test(path)
  );
}
