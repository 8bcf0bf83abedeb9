import type { ChoreWorld } from "../chore.ts";
import { isSamplePath } from "../is-sample-path.ts";
import { folderOf } from "../join-path.ts";
import type { LooseRange } from "./loose-range.ts";

/** Name and extras; version terms; the rest (markers, options, a comment). */
const requirement =
  /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\[[^\]]*\])?)([ \t]*)((?:[<>=!~]=?=?[^;#\s,]*(?:[ \t]*,[ \t]*)?)*)((?:[ \t]*;[^#]*?)?(?:[ \t]+(?:#|--).*)?[ \t]*)$/;

/** Lines of requirements files without a pin or an upper bound, with what a lock file or the installed packages say. */
export function findRequirementRanges(world: ChoreWorld): LooseRange[] {
  const files = world.tree.paths
    .filter((path) => /(^|\/)requirements([-_.][\w.-]+)?\.txt$/.test(path) && !isSamplePath(path))
    .slice(0, 100);
  return files.flatMap((file) => findInFile(world, file));
}

function findInFile(world: ChoreWorld, file: string): LooseRange[] {
  const text = world.tree.read(file);
  if (text === undefined) return [];
  const locked = readLocks(world, folderOf(file));
  const found: LooseRange[] = [];
  let offset = 0;
  for (const [index, whole] of text.split("\n").entries()) {
    const start = offset;
    offset += whole.length + 1;
    const line = whole.replace(/\r$/, "");
    const [, name = "", space = "", terms = "", tail = ""] = requirement.exec(line) ?? [];
    if (name === "" || line.endsWith("\\") || !isLoose(terms)) continue;
    const bare = name.replace(/\[.*$/, "");
    const known = locked.get(normalise(bare)) ?? installed(world, bare);
    const wanted = known === undefined ? undefined : boundOf(known.version);
    found.push({
      file,
      line: index + 1,
      name: bare,
      range: terms === "" ? "(none)" : terms.trim(),
      wanted,
      version: known?.version,
      source: known?.source,
      edits:
        wanted === undefined
          ? []
          : [
              {
                path: file,
                start,
                end: start + line.length,
                text: `${name}${space.slice(0, terms === "" ? 0 : undefined)}${wanted}${tail}`,
              },
            ],
    });
  }
  return found;
}

function isLoose(terms: string): boolean {
  return !terms.split(",").some((term) => /^\s*(==(?!\s*\*)|===|~=|<)/.test(term));
}

interface Known {
  readonly version: string;
  readonly source: string;
}

function boundOf(version: string): string | undefined {
  const major = /^(\d+)\.\d+/.exec(version)?.[1];
  return major === undefined ? `==${version}` : `>=${version},<${Number(major) + 1}`;
}

const lockNames = ["uv.lock", "poetry.lock", "Pipfile.lock", "requirements.lock", "constraints.txt"];

/** The first lock file that names a package decides. */
function readLocks(world: ChoreWorld, folder: string): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const place of new Set([folder, ""])) {
    for (const name of lockNames) {
      const path = place === "" ? name : `${place}/${name}`;
      const text = world.tree.has(path) ? world.tree.read(path) : undefined;
      if (text === undefined) continue;
      for (const [found, version] of readLock(name, text)) {
        if (!known.has(normalise(found))) known.set(normalise(found), { version, source: path });
      }
    }
  }
  return known;
}

function readLock(name: string, text: string): [string, string][] {
  if (name === "Pipfile.lock") {
    return [...text.matchAll(/"([\w.-]+)":\s*\{[^{}]*?"version":\s*"==([^"]+)"/g)].map((match) => [match[1] ?? "", match[2] ?? ""]);
  }
  if (name.endsWith(".lock") && name !== "requirements.lock") {
    return [...text.matchAll(/^name = "([^"]+)"\r?\nversion = "([^"]+)"/gm)].map((match) => [match[1] ?? "", match[2] ?? ""]);
  }
  return [...text.matchAll(/^([\w.-]+)(?:\[[^\]]*\])?==([\w.!+-]+)/gm)].map((match) => [match[1] ?? "", match[2] ?? ""]);
}

function installed(world: ChoreWorld, name: string): Known | undefined {
  const version = world.rehearsal.pythonVersions().get(normalise(name));
  return version === undefined ? undefined : { version, source: "what is installed" };
}

/** PEP 503: case and separators do not tell names apart. */
export function normalise(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
