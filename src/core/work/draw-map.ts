import { countOf } from "../text/count-of.ts";

/** A file of a tree, by git's own listing. */
export interface MappedFile {
  readonly path: string;
  readonly bytes: number;
}

const linesMax = 160;
const lineChars = 160;
const scriptsMax = 30;
const readmeChars = 2000;
/** A folder with no more than this is shown file by file. */
const filesShown = 12;

/**
 * The repository in a page, for who has never seen it: its folders with what lies in them, its package's scripts, the head of
 * its README. The same tree gives the same text; bounded, whatever the tree holds. Everything in it is untrusted.
 *
 * @param args.packageJson  of the root, as it stands there
 */
export function drawMap(args: { files: readonly MappedFile[]; packageJson?: string | undefined; readme?: string | undefined }): string {
  const { files, packageJson, readme } = args;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = drawFolder(makeFolder(files), "");
  const shown = lines.slice(0, linesMax);
  const scripts = readScripts(packageJson);
  return [
    `${countOf(files.length, "file")}, ${formatBytes(bytes)}`,
    ...shown,
    ...(lines.length > shown.length ? [`… and ${countOf(lines.length - shown.length, "line")} more`] : []),
    ...(scripts.length > 0 ? ["", "Scripts of package.json:", ...scripts] : []),
    ...(readme ? ["", "README, its beginning:", readme.slice(0, readmeChars)] : []),
  ].join("\n");
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: { readonly name: string; readonly bytes: number }[];
  count: number;
  bytes: number;
}

function emptyFolder(): Folder {
  return { folders: new Map(), files: [], count: 0, bytes: 0 };
}

function makeFolder(files: readonly MappedFile[]): Folder {
  const root = emptyFolder();
  for (const { path, bytes } of files) {
    const parts = path.split("/");
    const name = parts.pop() ?? path;
    let at = root;
    add(at, bytes);
    for (const part of parts) {
      const next = at.folders.get(part) ?? emptyFolder();
      at.folders.set(part, next);
      at = next;
      add(at, bytes);
    }
    at.files.push({ name, bytes });
  }
  return root;
}

function add(folder: Folder, bytes: number): void {
  folder.count += 1;
  folder.bytes += bytes;
}

/** Breadth before depth: with a bound on lines, every top folder is seen before the inside of the first. */
function drawFolder(root: Folder, prefix: string): string[] {
  const own = describeFiles(root, prefix);
  let level = sortFolders(root, prefix);
  const lines = [...own];
  while (level.length > 0 && lines.length <= linesMax) {
    lines.push(
      ...level.flatMap(({ path, folder }) => [
        clip(`${path}/  ${folder.count} ${folder.count === 1 ? "file" : "files"}, ${formatBytes(folder.bytes)}`),
        ...describeFiles(folder, `${path}/`),
      ]),
    );
    level = level.flatMap(({ path, folder }) => sortFolders(folder, `${path}/`));
  }
  return lines;
}

function sortFolders(folder: Folder, prefix: string): { path: string; folder: Folder }[] {
  return [...folder.folders].sort(([a], [b]) => compare(a, b)).map(([name, inner]) => ({ path: prefix + name, folder: inner }));
}

function describeFiles({ files }: Folder, prefix: string): string[] {
  const sorted = [...files].sort((a, b) => compare(a.name, b.name));
  const shown = sorted.slice(0, filesShown).map(({ name, bytes }) => clip(`${prefix}${name}  ${formatBytes(bytes)}`));
  return sorted.length > filesShown ? [...shown, clip(`${prefix}… ${countOf(sorted.length - filesShown, "file")} more`)] : shown;
}

/** By code unit: no locale may change what a prompt says. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function clip(line: string): string {
  const plain = line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, "?");
  return plain.length > lineChars ? `${plain.slice(0, lineChars - 1)}…` : plain;
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

function readScripts(text: string | undefined): string[] {
  if (text === undefined) return [];
  try {
    const { scripts } = JSON.parse(text) as { scripts?: unknown };
    if (typeof scripts !== "object" || scripts === null) return [];
    return Object.entries(scripts)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string")
      .slice(0, scriptsMax)
      .map(([name, command]) => clip(`- ${name}: ${command}`));
  } catch {
    return [];
  }
}
