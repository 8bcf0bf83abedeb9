/** What of a tree is asked here: a test of a path, and where the links lead, as they stand. */
export interface TreeFacts {
  readonly has: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
  /** By path: the text of a symbolic link. */
  readonly links: ReadonlyMap<string, string>;
  /** By path: the text of each `package.json`. */
  readonly manifests: ReadonlyMap<string, string>;
}

/**
 * The paths of a tree that commands name (G2b): as a word, below a folder that is a word of the same command (`cd web && sh
 * check.sh`, `make -C build`), through the scripts of a `package.json` that they run, and through symbolic links, with each
 * link on the way. What such a file calls in its turn is not followed.
 */
export function findNamedFiles(commands: readonly string[], tree: TreeFacts): Set<string> {
  const found = new Set<string>();
  for (const { words, folder } of expandScripts(commands, tree)) {
    for (const path of placesOf(words, folder, tree)) addThroughLinks(path, tree, found);
  }
  return found;
}

const linksMax = 40;

/** Adds each link on the way of a path, and what lies at its end. A way out of the tree ends where it leaves. */
export function addThroughLinks(path: string, tree: Pick<TreeFacts, "has" | "links">, found: Set<string>): void {
  let rest = path.split("/");
  let done: string[] = [];
  for (let hops = 0; rest.length > 0; ) {
    done.push(rest.shift() as string);
    const here = done.join("/");
    const target = tree.links.get(here);
    if (target === undefined) continue;
    found.add(here);
    hops += 1;
    if (hops > linksMax || target.startsWith("/")) return;
    const next = normalize([...done.slice(0, -1), ...target.split("/"), ...rest]);
    if (next === undefined) return;
    [done, rest] = [[], next];
  }
  const end = done.join("/");
  if (tree.has(end)) found.add(end);
}

interface Command {
  readonly words: readonly string[];
  /** The package's, from where its script runs; empty for the root. */
  readonly folder: string;
}

const commandsMax = 200;

/** The commands, and those that the scripts stand for which they run, directly or one by another. */
function expandScripts(commands: readonly string[], tree: TreeFacts): Command[] {
  const expanded: Command[] = commands.map((command) => ({ words: splitWords(command), folder: "" }));
  const seen = new Set<string>();
  for (let at = 0; at < expanded.length && expanded.length < commandsMax; at += 1) {
    const { words, folder } = expanded[at] as Command;
    for (const place of foldersOf(words, folder, tree)) {
      const scripts = readScripts(tree.manifests.get(place === "" ? "package.json" : `${place}/package.json`));
      for (const name of namesOf(words, Object.keys(scripts))) {
        if (seen.has(`${place}\0${name}`)) continue;
        seen.add(`${place}\0${name}`);
        expanded.push({ words: splitWords(scripts[name] as string), folder: place });
      }
    }
  }
  return expanded;
}

const packageManager = /^(npm|pnpm|yarn|bun)$/;
const installs = /^(ci|clean-install|i|install)$/;
/** What runs with each installation, whoever asked for it. */
const installed = ["install", "prepare"];

/** Names of scripts that stand among the words, with what runs before and after them; `lint:*` stands for all of these. */
function namesOf(words: readonly string[], names: readonly string[]): string[] {
  const asked =
    words.some((word) => packageManager.test(word)) && words.some((word) => installs.test(word)) ? [...words, ...installed] : words;
  const wanted = new Set(asked.flatMap((word) => [word, `pre${word}`, `post${word}`]));
  const beginnings = words.filter((word) => word.endsWith("*") && word.length > 1).map((word) => word.replace(/\*+$/, ""));
  return names.filter((name) => wanted.has(name) || beginnings.some((beginning) => name.startsWith(beginning)));
}

function readScripts(manifest: string | undefined): Record<string, string> {
  try {
    const scripts: unknown = (JSON.parse(manifest ?? "{}") as { scripts?: unknown } | null)?.scripts;
    if (typeof scripts !== "object" || scripts === null) return {};
    return Object.fromEntries(Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  } catch {
    return {};
  }
}

/** Where the words may lie: from the folder the command runs in, or from a folder that it names. */
function placesOf(words: readonly string[], folder: string, tree: TreeFacts): string[] {
  const places = foldersOf(words, folder, tree).flatMap((from) => words.flatMap((word) => placeAt(from, word) ?? []));
  return [...new Set(places)].filter((path) => path !== "");
}

const foldersMax = 20;

/** The folder that a command runs in, and those that it names. */
function foldersOf(words: readonly string[], folder: string, tree: TreeFacts): string[] {
  const named = words.flatMap((word) => placeAt(folder, word) ?? []).filter((path) => tree.isFolder(path));
  return [...new Set([folder, ...named])].slice(0, foldersMax);
}

function placeAt(from: string, word: string): string | undefined {
  return normalize([...from.split("/"), ...word.split("/")])?.join("/");
}

const wordsMax = 200;

function splitWords(command: string): string[] {
  const words = command.split(/[\s;&|'"()<>`=,]+/).filter((word) => word !== "" && word.length <= 500);
  return [...new Set(words)].slice(0, wordsMax);
}

/** Without `.` and `..`; `undefined` where it leaves the tree. */
function normalize(parts: readonly string[]): string[] | undefined {
  const path: string[] = [];
  for (const part of parts) {
    if (part === "" || part === ".") continue;
    if (part === ".." && path.pop() === undefined) return undefined;
    if (part !== "..") path.push(part);
  }
  return path;
}
