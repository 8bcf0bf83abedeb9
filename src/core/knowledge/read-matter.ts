import { isMap, isScalar, parseDocument } from "yaml";

export interface Matter {
  /** Absent when the page has no front matter, or one that is no YAML mapping (then `error` says why). */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  /** The source between the fences, and where it starts in the page. */
  readonly source: string;
  readonly offset: number;
  /** Line of the opening fence is 1; of a key, where it stands. */
  lineOf(key: string): number;
}

const fence = /^---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n|$)/;

/** The YAML front matter of a markdown file; `undefined` when there is none. Never throws. */
export function readMatter(text: string): Matter | undefined {
  const match = fence.exec(text);
  if (!match) return undefined;
  const source = match[1] ?? "";
  const offset = text.indexOf("\n") + 1;
  const document = parseDocument(source, { prettyErrors: true });
  const lineAt = (at: number) => text.slice(0, offset + at).split("\n").length;
  const lineOf = (key: string): number => {
    if (!isMap(document.contents)) return 1;
    for (const { key: node } of document.contents.items) {
      if (isScalar(node) && node.value === key && node.range) return lineAt(node.range[0]);
    }
    return 1;
  };
  const error = document.errors[0]?.message.split("\n")[0];
  if (error !== undefined) return { error, source, offset, lineOf };
  const data: unknown = document.toJS({ maxAliasCount: 100 });
  if (data === null) return { data: {}, source, offset, lineOf };
  if (typeof data !== "object" || Array.isArray(data)) return { error: "the front matter is not a mapping", source, offset, lineOf };
  return { data: data as Record<string, unknown>, source, offset, lineOf };
}

/**
 * The text with plain `key: value` lines of its front matter set; every other byte stays. A key that is not there is
 * added at the end of the front matter; a page without front matter gets one.
 */
export function setMatter(text: string, values: Readonly<Record<string, string>>): string {
  const match = fence.exec(text);
  if (!match) {
    const newline = text.includes("\r\n") ? "\r\n" : "\n";
    const lines = Object.entries(values).map(([key, value]) => `${key}: ${plainScalar(value)}`);
    return ["---", ...lines, "---", "", ""].join(newline) + text;
  }
  const offset = text.indexOf("\n") + 1;
  const newline = text[offset - 2] === "\r" ? "\r\n" : "\n";
  const length = match[1] === undefined ? 0 : lengthOfSource(text, offset, match[1]);
  // Each with its own end: an editor may have mixed them.
  const lines: string[] = text.slice(offset, offset + length).match(/[^\n]*\n/g) ?? [];
  for (const [key, value] of Object.entries(values)) {
    const at = lines.findIndex((line) => line.startsWith(`${key}:`));
    if (at === -1) {
      lines.push(`${key}: ${plainScalar(value)}${newline}`);
      continue;
    }
    let end = at + 1;
    while (end < lines.length && /^[ \t]+\S/.test(lines[end] ?? "")) end += 1;
    const lineEnd = lines[end - 1]?.endsWith("\r\n") ? "\r\n" : "\n";
    lines.splice(at, end - at, `${key}: ${plainScalar(value)}${lineEnd}`);
  }
  return text.slice(0, offset) + lines.join("") + text.slice(offset + length);
}

/** With the end of its last line, which belongs to the closing fence's line break. */
function lengthOfSource(text: string, offset: number, source: string): number {
  return text.indexOf("\n", offset + source.length) + 1 - offset;
}

/** A value as one line of YAML: bare where that reads back as the same string, else in double quotes. */
function plainScalar(value: string): string {
  const bare = /^[A-Za-z0-9][^#:\n\r"'`{}[\]&*!|>%@,]*$/.test(value) && value === value.trim();
  const read: unknown = bare ? parseDocument(`k: ${value}`).toJS()?.k : undefined;
  return read === value ? value : JSON.stringify(value);
}
