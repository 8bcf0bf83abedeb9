import { Document, isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from "yaml";

/**
 * Sets one value in the text itself, so that all else stays byte for byte: a value beside its comment is replaced, a new
 * key goes below the last one of its map; a flow map on one line is written anew, alone. Gives `undefined` where that cannot
 * be done by these (a block of values to be replaced): the caller then renders the whole document.
 */
export function spliceSet(text: string, path: readonly string[], value: unknown): string | undefined {
  const document = parseDocument(text);
  const flow = replaceFlow(text, path, (changed) => changed.setIn(path, value));
  if (flow !== undefined) return flow;
  const node = document.getIn(path, true);
  const isPlain = typeof value !== "object" || value === null;
  if (isScalar(node) && isPlain && node.range && !node.anchor && !node.tag && !node.type?.startsWith("BLOCK"))
    return text.slice(0, node.range[0]) + stringify(value, { lineWidth: 0 }).trimEnd() + text.slice(node.range[1]);
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (node !== undefined || !isMap(parent)) return undefined;
  const key = path.at(-1) as string;
  return parent.items.length === 0 ? fillEmpty(text, parent, { key, value, depth: path.length - 1 }) : append(text, parent, key, value);
}

/** Where the path leads through a flow map with something in it: that map alone is written anew, on its line. */
function replaceFlow(text: string, path: readonly string[], change: (document: Document) => void): string | undefined {
  const document = parseDocument(text);
  for (let depth = 1; depth < path.length; depth++) {
    const above = path.slice(0, depth);
    const node = document.getIn(above, true);
    if (!isMap(node) || !node.flow || node.items.length === 0 || !node.range) continue;
    const [start, end] = node.range;
    if (/[#\n&*!]/.test(text.slice(start, end))) return undefined;
    change(document);
    return text.slice(0, start) + renderFlow(document, above) + text.slice(end);
  }
  return undefined;
}

function renderFlow(document: Document, path: readonly string[]): string {
  const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document.toJS());
  const fresh = new Document();
  fresh.contents = fresh.createNode(value, { flow: true }) as typeof fresh.contents;
  return fresh.toString({ lineWidth: 0 }).trimEnd();
}

/** Removes one key with all below it; `undefined` where it does not stand on lines of its own. */
export function spliceRemove(text: string, path: readonly string[]): string | undefined {
  const document = parseDocument(text);
  const flow = replaceFlow(text, path, (changed) => void changed.deleteIn(path));
  if (flow !== undefined) return flow;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent) || parent.flow) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  const start = pair && startOf(pair);
  if (!pair || start === undefined) return undefined;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  if (text.slice(lineStart, start).trim() !== "") return undefined;
  const rest = text.slice(endOfBlock(text, pair, start - lineStart));
  if (parent.items.length > 1) return text.slice(0, lineStart) + rest;
  const colon =
    path.length > 1 ? colonOf(text, document.getIn(path.slice(0, -2), true) ?? document.contents, path.at(-2) as string) : undefined;
  return colon === undefined ? undefined : `${text.slice(0, colon)} {}${text.slice(colon, lineStart)}${rest}`;
}

/** Where the colon of this key ends. */
function colonOf(text: string, map: unknown, key: string): number | undefined {
  const pair = isMap(map) ? map.items.find((one) => isScalar(one.key) && one.key.value === key) : undefined;
  const end = (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[1];
  return end !== undefined && text[end] === ":" ? end + 1 : undefined;
}

function append(text: string, map: YAMLMap, key: string, value: unknown): string | undefined {
  const start = startOf(map.items[0] as Pair);
  if (map.flow || start === undefined) return undefined;
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  const at = endOfBlock(text, map.items.at(-1) as Pair, column);
  const before = text.slice(0, at);
  return `${before}${before.endsWith("\n") ? "" : "\n"}${render(key, value, column, indentOf(text))}${text.slice(at)}`;
}

/** `domains: {}` → the map's first key on a line below. */
function fillEmpty(text: string, map: YAMLMap, entry: { key: string; value: unknown; depth: number }): string | undefined {
  if (!map.range) return undefined;
  const [start, end] = map.range;
  const rest = /^[^\n]*(\n|$)/.exec(text.slice(end))?.[0] ?? "";
  if (!map.flow || rest.trim() !== "") return undefined;
  const indent = indentOf(text);
  const block = render(entry.key, entry.value, entry.depth * indent, indent);
  return `${text.slice(0, start).trimEnd()}\n${block}${text.slice(end + rest.length)}`;
}

function render(key: string, value: unknown, column: number, indent: number): string {
  const block = stringify({ [key]: value }, { lineWidth: 0, indent });
  return block.replace(/^(?=.)/gm, " ".repeat(column));
}

/** Where the lines of this pair end, with the comments below that are indented deeper than `column`. */
function endOfBlock(text: string, pair: Pair, column: number): number {
  let end = lastOffset(pair);
  if (text[end - 1] !== "\n") end = nextLine(text, end);
  while (text.slice(0, end).endsWith("\n\n")) end--;
  for (;;) {
    const line = text.slice(end, nextLine(text, end));
    const indent = /^( *)#/.exec(line)?.[1]?.length;
    if (indent === undefined || indent <= column) return end;
    end += line.length;
  }
}

function nextLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found === -1 ? text.length : found + 1;
}

function lastOffset(pair: Pair): number {
  const { value } = pair;
  if (typeof value === "object" && value !== null && "range" in value) {
    const range = (value as { range?: [number, number, number] }).range;
    if (isMap(value) && !value.flow && value.items.length > 0) return lastOffset(value.items.at(-1) as Pair);
    if (range) return range[1];
  }
  return (pair.key as { range?: [number, number, number] }).range?.[1] ?? 0;
}

function startOf(pair: Pair): number | undefined {
  return (pair.key as { range?: [number, number, number] }).range?.[0];
}

/** The file's own step of indentation. */
export function indentOf(text: string): number {
  const indent = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return indent >= 2 && indent <= 8 ? indent : 2;
}
