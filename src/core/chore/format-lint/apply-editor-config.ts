import picomatch from "picomatch";
import type { ChoreWorld } from "../chore.ts";
import { baseOf, folderOf } from "../join-path.ts";

interface Section {
  readonly folder: string;
  matches(path: string): boolean;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * What a repository's .editorconfig says that can be done to a text without understanding it: white space at the ends
 * of lines, the last line end, the kind of line end. Gives a function from a file to its text as it should be.
 */
export function readEditorConfig(world: ChoreWorld): ((path: string, text: string) => string) | undefined {
  const sections = world.tree.paths
    .filter((path) => baseOf(path) === ".editorconfig")
    .sort((a, b) => a.split("/").length - b.split("/").length)
    .flatMap((path) => parseSections(folderOf(path), world.tree.read(path) ?? ""));
  if (sections.length === 0) return undefined;
  return (path, text) => {
    const values = Object.assign({}, ...sections.filter((section) => section.matches(path)).map((section) => section.values));
    return applyValues(text, values);
  };
}

function parseSections(folder: string, text: string): Section[] {
  const sections: { folder: string; matches: Section["matches"]; values: Record<string, string> }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const pattern = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (pattern !== undefined) {
      sections.push({ folder, matches: matcherOf(folder, pattern), values: {} });
      continue;
    }
    const [, key, value] = /^\s*([\w-]+)\s*[=:]\s*([^#;]*?)\s*(?:[#;].*)?$/.exec(line) ?? [];
    const current = sections.at(-1);
    if (key !== undefined && value !== undefined && current) current.values[key.toLowerCase()] = value.toLowerCase();
  }
  return sections;
}

/** A pattern without a slash is for any folder below. */
function matcherOf(folder: string, pattern: string): (path: string) => boolean {
  const glob = pattern.includes("/") ? pattern.replace(/^\//, "") : `**/${pattern}`;
  const isMatch = picomatch(glob, { dot: true, windows: false, nonegate: true });
  const prefix = folder === "" ? "" : `${folder}/`;
  return (path) => path.startsWith(prefix) && isMatch(path.slice(prefix.length));
}

function applyValues(text: string, values: Readonly<Record<string, string>>): string {
  let result = text;
  if (values.end_of_line === "lf") result = result.replace(/\r\n/g, "\n");
  if (values.end_of_line === "crlf") result = result.replace(/\r?\n/g, "\r\n");
  if (values.trim_trailing_whitespace === "true") result = result.replace(/[ \t]+(?=\r?\n|$)/g, "");
  if (values.insert_final_newline === "true" && result !== "" && !result.endsWith("\n"))
    result += values.end_of_line === "crlf" ? "\r\n" : "\n";
  return result;
}
