import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { type ExitCode, MosError } from "../../contract/error.ts";
import { describeIssue, type PlainIssue } from "./describe-issue.ts";

export interface YamlSource {
  readonly text: string;
  /** As a reader knows it: `mos.yaml`. */
  readonly file: string;
  /** The error's code: `config-invalid`. */
  readonly code: string;
  readonly exit?: ExitCode;
}

const problemsMax = 10;

/**
 * Parses YAML and checks it against `schema`. Every problem names file, line, column and the path in the data:
 * `mos.yaml:12:9: domains.music.home.checks[0].run: is missing`. The hint is the first problem's remedy.
 *
 * @throws MosError with `source.code`
 */
export function readYaml<Schema extends z.ZodType>(schema: Schema, source: YamlSource): z.output<Schema> {
  return checkYaml(schema, source, parseYaml(source));
}

/** A parsed file: the document, for edits, and the places of its nodes. */
export interface ParsedYaml {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** The syntax alone, duplicate keys included (each named with both of its lines). */
export function parseYaml(source: YamlSource): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const problems: Problem[] = document.errors.map((error) => ({
    offset: error.pos[0],
    path: "",
    text: error.message.replace(/\s+/g, " "),
    remedy: "Mend the YAML at that place; a stray tab, a missing colon or quote are the usual causes.",
  }));
  if (problems.length === 0) problems.push(...findDuplicateKeys(document, lines));
  if (problems.length > 0) throw toError(source, lines, problems);
  return { document, lines };
}

/** The data of a parsed file, checked. */
export function checkYaml<Schema extends z.ZodType>(schema: Schema, source: YamlSource, parsed: ParsedYaml): z.output<Schema> {
  const data: unknown = readData(source, parsed);
  const result = schema.safeParse(data ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues
    .flatMap((issue) => describeIssue(issue, data, schema))
    .map((issue) => locate(parsed.document, issue));
  throw toError(source, parsed.lines, problems);
}

/** An error about the value at `path` of a file that parses: what only the program can see. */
export function yamlError(source: YamlSource, parsed: ParsedYaml, issues: readonly PlainIssue[]): MosError {
  return toError(
    source,
    parsed.lines,
    issues.map((issue) => locate(parsed.document, issue)),
  );
}

/** `12` for the key or item at `path`. */
export function lineOf(parsed: ParsedYaml, path: readonly PropertyKey[]): number {
  return parsed.lines.linePos(findOffset(parsed.document, path, true)).line;
}

interface Problem {
  readonly offset: number;
  readonly path: string;
  readonly text: string;
  readonly remedy: string;
}

function readData(source: YamlSource, parsed: ParsedYaml): unknown {
  try {
    return parsed.document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw toError(source, parsed.lines, [
      {
        offset: 0,
        path: "",
        text: error instanceof Error ? error.message : String(error),
        remedy: "Write the values out, without aliases.",
      },
    ]);
  }
}

function findDuplicateKeys(document: Document, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_, map, ancestors) {
      const seen = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const offset = key.range?.[0] ?? 0;
        const first = seen.get(name);
        if (first === undefined) {
          seen.set(name, offset);
          continue;
        }
        const path = [...ancestors.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : [])), name];
        problems.push({
          offset,
          path: formatPath(path),
          text: `stands twice, on lines ${lines.linePos(first).line} and ${lines.linePos(offset).line}`,
          remedy: `Remove or rename one of the two '${name}' on lines ${lines.linePos(first).line} and ${lines.linePos(offset).line}.`,
        });
      }
    },
  });
  return problems;
}

function locate(document: Document, issue: PlainIssue): Problem {
  const offset = findOffset(document, issue.key === undefined ? issue.path : [...issue.path, issue.key], issue.key !== undefined);
  return {
    offset,
    path: formatPath(issue.key === undefined || issue.hideKey ? issue.path : [...issue.path, issue.key]),
    text: issue.text,
    remedy: issue.remedy,
  };
}

/** Where the value at `path` begins (or its key); where it is missing, the nearest key above it that is there. */
function findOffset(document: Document, path: readonly PropertyKey[], wantKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (!pair) return offset;
      const key = startOf(pair.key) ?? offset;
      offset = depth === path.length - 1 && !wantKey ? (startOf(pair.value) ?? key) : key;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (node === undefined) return offset;
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

/** `domains.music.home.checks[0].run`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = String(part);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

function toError(source: YamlSource, lines: LineCounter, problems: readonly Problem[]): MosError {
  const shown = problems.slice(0, problemsMax).map(({ offset, path, text }) => {
    const { line, col } = lines.linePos(offset);
    return `${source.file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${path === "" ? "" : `${path}: `}${text}`;
  });
  if (problems.length > problemsMax) shown.push(`… and ${problems.length - problemsMax} more`);
  const { code, exit } = source;
  return new MosError({
    code,
    message: shown.join("\n"),
    // A key that is misspelt says more than that the right one is missing.
    hint: (problems.find(({ text }) => text.startsWith("unknown key")) ?? problems[0])?.remedy ?? "Mend the file.",
    ...(exit === undefined ? {} : { exit }),
  });
}
