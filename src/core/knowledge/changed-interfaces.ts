/** A file of a landing, before and after it; absent where it was not there. */
export interface ChangedFile {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

const namesMax = 8;
const linesMax = 10;

/**
 * Whether a change of this file may be one of an interface: sources that export names, package manifests and schemas. Tests,
 * fixtures and generated output have no users.
 */
export function mayBeInterface(path: string): boolean {
  if (/(?:^|\/)(?:test|tests|__tests__|fixtures?|dist|build|node_modules|vendor)\//.test(path) || /\.(?:test|spec)\.\w+$/.test(path))
    return false;
  return isSource(path) || isSchema(path) || /(?:^|\/)package\.json$/.test(path);
}

/**
 * What changed for those who use the code, a line each, bounded: names that a source exported and no longer does (whoever used
 * them breaks), names that an entry file newly exports, commands that a package offers or drops, schema files that came or went.
 * A body that changed, a name that an inner file adds, a file that moved with its names: not worth a claim.
 */
export function describeInterfaces(files: readonly ChangedFile[]): string[] {
  const relevant = files.filter(({ path }) => mayBeInterface(path));
  const everNow = new Set(relevant.flatMap(({ path, after }) => [...exportsOf(path, after)]));
  const everBefore = new Set(relevant.flatMap(({ path, before }) => [...exportsOf(path, before)]));
  const lines = relevant.flatMap(({ path, before, after }) => {
    if (isSchema(path))
      return before === undefined ? [`schema ${path} was added`] : after === undefined ? [`schema ${path} was removed`] : [];
    if (path.endsWith("package.json")) return describeCommands(path, commandsOf(before), commandsOf(after));
    const gone = [...exportsOf(path, before)].filter((name) => !everNow.has(name));
    const come = isEntry(path) ? [...exportsOf(path, after)].filter((name) => !everBefore.has(name)) : [];
    return [...say(gone, `no longer exported by ${path}`), ...say(come, `newly exported by ${path}`)];
  });
  return lines.slice(0, linesMax);
}

function say(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  const shown = names.toSorted().slice(0, namesMax).join(", ");
  return [`${shown}${names.length > namesMax ? ` and ${names.length - namesMax} more` : ""} ${names.length === 1 ? "is" : "are"} ${what}`];
}

function describeCommands(path: string, before: ReadonlySet<string>, after: ReadonlySet<string>): string[] {
  const gone = [...before].filter((name) => !after.has(name)).map((name) => `the command ${name}`);
  const come = [...after].filter((name) => !before.has(name)).map((name) => `the command ${name}`);
  return [...say(gone, `no longer offered by ${path}`), ...say(come, `newly offered by ${path}`)];
}

function commandsOf(text: string | undefined): Set<string> {
  try {
    const { bin, name } = JSON.parse(text ?? "{}") as { bin?: unknown; name?: unknown };
    if (typeof bin === "string" && typeof name === "string") return new Set([name]);
    return new Set(typeof bin === "object" && bin !== null ? Object.keys(bin) : []);
  } catch {
    return new Set();
  }
}

function exportsOf(path: string, text = ""): Set<string> {
  const names = new Set<string>();
  if (/\.py$/.test(path)) {
    for (const [, name = ""] of text.matchAll(/^(?:async )?(?:def|class) ([a-zA-Z]\w*)/gm)) names.add(name);
    return names;
  }
  if (!isSource(path)) return names;
  for (const [, name = ""] of text.matchAll(
    /^export (?:declare )?(?:default )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|var|interface|type|enum|namespace) ([A-Za-z_$][\w$]*)/gm,
  ))
    names.add(name);
  for (const [, list = ""] of text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)) {
    for (const part of list.split(",")) {
      const name = /(?:\bas\s+)?([A-Za-z_$][\w$]*)\s*$/.exec(part.trim())?.[1];
      if (name !== undefined && name !== "default") names.add(name);
    }
  }
  return names;
}

const isSource = (path: string) => /\.(?:[cm]?[jt]sx?|py)$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
const isSchema = (path: string) => /\.schema\.json$|\.proto$|\.graphql$|(?:^|\/)(?:openapi|swagger)[\w.-]*\.(?:json|ya?ml)$/.test(path);
const isEntry = (path: string) => /(?:^|\/)(?:index|mod|main)\.[cm]?[jt]sx?$|(?:^|\/)__init__\.py$/.test(path);
