import type { ChoreWorld } from "../chore.ts";
import { isSamplePath } from "../is-sample-path.ts";

/** A TODO in a comment of the code. */
export interface CodeNote {
  readonly path: string;
  readonly line: number;
  readonly mark: string;
  readonly text: string;
}

const code =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|rb|go|rs|java|kt|kts|scala|swift|c|h|cc|cpp|hpp|cs|php|sh|bash|zsh|fish|lua|pl|r|jl|ex|exs|erl|hs|ml|clj|sql|css|scss|less|html|tf|toml|nix|zig|dart|mk)$|(?:^|\/)(?:Makefile|Dockerfile)$/i;
const note = /(?:^|\s)(?:\/\/+|#+|\/\*+|\*|--|;+|<!--|%)\s*@?(TODO|FIXME|XXX|HACK)(?:\([^)]{0,60}\))?(?=[:\s-]|$)[:\s-]*(.*)$/;
const notesMax = 500;

/** TODO, FIXME, XXX and HACK that stand in a comment of a code file, in the order of paths and lines. */
export function collectCodeNotes(world: ChoreWorld): CodeNote[] {
  const notes: CodeNote[] = [];
  for (const path of world.tree.paths) {
    if (!code.test(path) || isSamplePath(path) || isMinified(path) || /^(wiki|notes|threads)\//.test(path)) continue;
    const text = world.tree.read(path);
    if (text === undefined || !/TODO|FIXME|XXX|HACK/.test(text)) continue;
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (line.length > 2000) continue;
      const found = note.exec(line);
      const [, mark, said = ""] = found ?? [];
      if (!found || mark === undefined || isInsideString(line.slice(0, found.index))) continue;
      notes.push({ path, line: index + 1, mark, text: cleanText(said) });
      if (notes.length >= notesMax) return notes;
    }
  }
  return notes;
}

/** Whether a text of one line ends within quotes: what follows is data, and no comment. */
function isInsideString(before: string): boolean {
  let quote = "";
  for (let at = 0; at < before.length; at += 1) {
    const char = before[at] ?? "";
    if (char === "\\") at += 1;
    else if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'" || char === "`") quote = char;
  }
  return quote !== "";
}

function isMinified(path: string): boolean {
  return /\.min\.|\.lock$|-lock\.|\.snap$/.test(path);
}

function cleanText(text: string): string {
  const plain = text
    .replace(/\s*(\*\/|-->|"{3}|'{3})\s*$/, "")
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .trim();
  return plain === "" ? "(no text)" : plain.slice(0, 300);
}
