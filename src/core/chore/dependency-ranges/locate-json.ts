/** Where a value stands in a JSON text: offsets of the value, quotes included, and its line. */
export interface JsonPlace {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/**
 * Finds the value at `path` in a JSON text without reformatting it. `undefined` when it is not there or the text is no
 * JSON. A key that stands twice counts as JSON.parse counts it: the last.
 */
export function locateJson(text: string, path: readonly string[]): JsonPlace | undefined {
  let at = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  for (const key of path) {
    const found = findMember(text, at, key);
    if (found === undefined) return undefined;
    at = found;
  }
  const end = skipValue(text, at);
  return end === undefined ? undefined : { start: at, end, line: text.slice(0, at).split("\n").length };
}

function findMember(text: string, from: number, wanted: string): number | undefined {
  if (text[from] !== "{") return undefined;
  let found: number | undefined;
  let at = skipSpace(text, from + 1);
  while (text[at] === '"') {
    const keyEnd = skipValue(text, at);
    if (keyEnd === undefined) return found;
    const key: unknown = JSON.parse(text.slice(at, keyEnd));
    at = skipSpace(text, keyEnd);
    if (text[at] !== ":") return found;
    at = skipSpace(text, at + 1);
    if (key === wanted) found = at;
    const end = skipValue(text, at);
    if (end === undefined) return found;
    at = skipSpace(text, end);
    if (text[at] !== ",") return found;
    at = skipSpace(text, at + 1);
  }
  return found;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "")) at += 1;
  return at;
}

/** The end of the value that begins here; strings hide the brackets in them. */
function skipValue(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') {
      at += 1;
      while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
      if (depth === 0) return at + 1;
    } else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (char === "," || /\s/.test(char ?? ""))) return at;
  }
  return depth === 0 ? text.length : undefined;
}
