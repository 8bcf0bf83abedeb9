import type { ChoreWorld } from "../chore.ts";
import { isSamplePath } from "../is-sample-path.ts";
import { folderOf } from "../join-path.ts";
import { locateJson } from "./locate-json.ts";
import type { LooseRange } from "./loose-range.ts";

const sections = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/** Dependencies of every package.json whose range takes any later version, with what the lock file or node_modules holds. */
export function findPackageRanges(world: ChoreWorld): LooseRange[] {
  const manifests = world.tree.paths.filter((path) => /(^|\/)package\.json$/.test(path) && !isSamplePath(path)).slice(0, 200);
  return manifests.flatMap((path) => findInManifest(world, path));
}

function findInManifest(world: ChoreWorld, path: string): LooseRange[] {
  const text = world.tree.read(path);
  const manifest = readObject(text);
  if (text === undefined || !manifest) return [];
  const found: LooseRange[] = [];
  for (const section of sections) {
    for (const [name, range] of Object.entries(asObject(manifest[section]) ?? {})) {
      if (typeof range !== "string" || !isLoose(range)) continue;
      const place = locateJson(text, [section, name]);
      if (!place) continue;
      const locked = readLocked(world, path, name);
      const version = locked?.version ?? readInstalled(world, path, name);
      const wanted = version === undefined ? undefined : `^${version}`;
      const copy = wanted === undefined || locked === undefined ? [] : copyInLock(world, locked.path, path, section, name, wanted);
      found.push({
        file: path,
        line: place.line,
        name,
        range: range === "" ? "(empty)" : range,
        wanted,
        version,
        source: locked?.path ?? (version === undefined ? undefined : "what is installed"),
        edits: wanted === undefined ? [] : [{ path, start: place.start, end: place.end, text: JSON.stringify(wanted) }, ...copy],
      });
    }
  }
  return found;
}

/** Any version at all, or any from some version on. Aliases, addresses, tags of one's own and workspaces are none. */
function isLoose(range: string): boolean {
  const plain = range.trim();
  if (["", "*", "x", "X", "latest"].includes(plain)) return true;
  return plain.split("||").some((part) => {
    const terms = part
      .replace(/(>=?|<=?)\s+/g, "$1")
      .trim()
      .split(/\s+/);
    const lower = terms.some((term) => /^>=?v?\d/.test(term));
    return lower && !terms.some((term) => term.startsWith("<") || term === "-");
  });
}

interface Locked {
  readonly path: string;
  readonly version: string;
}

/** package-lock.json beside the manifest, or above it for a workspace. */
function readLocked(world: ChoreWorld, manifest: string, name: string): Locked | undefined {
  for (const folder of foldersUp(manifest)) {
    for (const file of ["package-lock.json", "npm-shrinkwrap.json"]) {
      const path = folder === "" ? file : `${folder}/${file}`;
      const lock = world.tree.has(path) ? readObject(world.tree.read(path)) : undefined;
      if (!lock) continue;
      const packages = asObject(lock.packages);
      const inside = folderOf(manifest).slice(folder === "" ? 0 : folder.length + 1);
      const keys = [...(inside === "" ? [] : [`${inside}/node_modules/${name}`]), `node_modules/${name}`];
      const versions = [...keys.map((key) => asObject(packages?.[key])?.version), asObject(asObject(lock.dependencies)?.[name])?.version];
      const version = versions.find((text) => typeof text === "string" && isVersion(text));
      if (typeof version === "string") return { path, version };
    }
  }
  return undefined;
}

function readInstalled(world: ChoreWorld, manifest: string, name: string): string | undefined {
  for (const folder of foldersUp(manifest)) {
    const text = world.tree.readInstalled(`${folder === "" ? "" : `${folder}/`}node_modules/${name}/package.json`);
    const version = readObject(text)?.version;
    if (typeof version === "string" && isVersion(version)) return version;
  }
  return undefined;
}

/** The lock file repeats the ranges of its own packages. */
function copyInLock(world: ChoreWorld, lock: string, manifest: string, section: string, name: string, wanted: string) {
  const text = world.tree.read(lock) ?? "";
  const inside = folderOf(manifest).slice(folderOf(lock) === "" ? 0 : folderOf(lock).length + 1);
  const place = locateJson(text, ["packages", inside, section, name]);
  return place ? [{ path: lock, start: place.start, end: place.end, text: JSON.stringify(wanted) }] : [];
}

function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(text);
}

function foldersUp(path: string): string[] {
  const folders = [folderOf(path)];
  for (let at = folders[0] ?? ""; at !== ""; ) {
    at = folderOf(at);
    folders.push(at);
  }
  return folders;
}

function readObject(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    return asObject(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
