/** A file of the tree with its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const scripts = /\.[cm]?[jt]sx?$/;
const python = /\.py$/;

/** Whether the imports of such a file are read: JavaScript, TypeScript and Python. */
export function isReadLanguage(path: string): boolean {
  return scripts.test(path) || python.test(path);
}

/**
 * By file the files of the same repository that it imports. Read with patterns, not parsed: a word in a comment may count
 * as an import, and one that is put together at run time does not. It orders trains, and what is tested does not hang on it.
 *
 * @param paths  all files of the tree
 * @param files  those of them whose text was read
 */
export function readImports(paths: readonly string[], files: readonly SourceFile[]): Map<string, string[]> {
  const known = new Set(paths);
  return new Map(
    files.map(({ path, text }) => {
      const found = python.test(path) ? findPythonImports(path, text, known) : findScriptImports(path, text, known);
      return [path, [...new Set(found)].filter((other) => other !== path)];
    }),
  );
}

const specifier = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*["'](\.{1,2}(?:\/[^"'\n]*)?)["']/g;

function findScriptImports(path: string, text: string, known: ReadonlySet<string>): string[] {
  return [...text.matchAll(specifier)].flatMap(([, given = ""]) => {
    const target = resolve(folderOf(path), given);
    return target === undefined ? [] : (scriptForms(target).find((form) => known.has(form)) ?? []);
  });
}

const endings = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];

/** What a specifier may stand for: itself, TypeScript's source of it, it with an ending, or a folder's index. */
function scriptForms(target: string): string[] {
  const bare = target.replace(/\.([cm]?)jsx?$/, ".$1ts");
  const folder = target === "" ? "index" : `${target}/index`;
  return [target, bare, `${bare}x`, ...endings.map((ending) => `${target}${ending}`), ...endings.map((ending) => `${folder}${ending}`)];
}

/** No two neighbours of it can take the same signs: a line of hostile length costs its length, and not the square of it. */
const pythonFrom = /^[ \t]*from[ \t]+(?=[.\w])(\.*)((?:\w[\w.]*)?)[ \t]+import[ \t]+\(?([\w \t,*]*)/gm;
const pythonImport = /^[ \t]*import[ \t]+([\w., \t]+)/gm;

function findPythonImports(path: string, text: string, known: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const [, dots = "", module = "", names = ""] of text.matchAll(pythonFrom)) {
    const up = dots === "" ? undefined : resolve(folderOf(path), `./${"../".repeat(dots.length - 1)}`);
    const bases = dots === "" ? ["", "src"] : up === undefined ? [] : [up];
    for (const base of bases) {
      const of = joinNames(base, module.replaceAll(".", "/"));
      found.push(...modulesAt(of, known));
      for (const name of names.split(",")) found.push(...modulesAt(joinNames(of, name.trim().split(/\s/)[0] ?? ""), known));
    }
  }
  for (const [, modules = ""] of text.matchAll(pythonImport))
    for (const module of modules.split(",")) {
      const name = (module.trim().split(/\s/)[0] ?? "").replaceAll(".", "/");
      for (const base of ["", "src"]) found.push(...modulesAt(joinNames(base, name), known));
    }
  return found;
}

function modulesAt(target: string, known: ReadonlySet<string>): string[] {
  return [`${target}.py`, joinNames(target, "__init__.py")].filter((form) => known.has(form));
}

function joinNames(...names: readonly string[]): string {
  return names.filter((name) => name !== "").join("/");
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** `undefined` where it leaves the repository. */
function resolve(folder: string, given: string): string | undefined {
  const names: string[] = folder === "" ? [] : folder.split("/");
  for (const name of given.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.join("/");
}
