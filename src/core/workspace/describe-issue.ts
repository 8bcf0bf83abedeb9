import { z } from "zod";
import { suggestName } from "./suggest-name.ts";

/** A problem with data, in words: what is wrong at `path`, and what to do about it. */
export interface PlainIssue {
  readonly path: readonly PropertyKey[];
  /** The problem is this key of `path`, rather than the value there. */
  readonly key?: string;
  /** The text names the key already. */
  readonly hideKey?: boolean;
  readonly text: string;
  readonly remedy: string;
}

type Issue = z.core.$ZodIssue;

/** One of zod's issues as sentences of ours. `data` is what was checked, `schema` what it was checked against. */
export function describeIssue(issue: Issue, data: unknown, schema: z.ZodType): PlainIssue[] {
  const { path } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => describeUnknownKey(path, key, schema));
    case "invalid_key": {
      const key = String(path.at(-1));
      const words = issue.issues[0]?.message ?? "is not a valid name";
      return [{ path: path.slice(0, -1), key, text: words, remedy: `Rename '${key}'.` }];
    }
    case "invalid_type":
      if (readAt(data, path) === undefined)
        return [{ path, text: "is missing", remedy: `Add ${String(path.at(-1) ?? "it")}: ${nounOf(issue.expected)}.` }];
      return [
        {
          path,
          text: `must be ${nounOf(issue.expected)}, not ${show(readAt(data, path))}`,
          remedy: `Write ${nounOf(issue.expected)} there.`,
        },
      ];
    case "invalid_value": {
      const value = readAt(data, path);
      const values = issue.values.map((one) => String(one));
      if (value === undefined) return [{ path, text: "is missing", remedy: `Add ${String(path.at(-1) ?? "it")}: ${values.join(" or ")}.` }];
      const near = typeof value === "string" ? suggestName(value, values) : undefined;
      return [
        {
          path,
          text: `must be ${values.join(" or ")}, not ${show(value)}`,
          remedy: near ? `Did you mean '${near}'?` : `Write one of: ${values.join(", ")}.`,
        },
      ];
    }
    case "invalid_union": {
      const branch = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a))[0]?.[0];
      if (branch && branch.path.length > 0) return describeIssue({ ...branch, path: [...path, ...branch.path] }, data, schema);
      return [
        { path, text: `does not have one of the allowed forms (${show(readAt(data, path))})`, remedy: "Write it as the schema says." },
      ];
    }
    case "too_small":
    case "too_big":
      return [{ path, text: boundText(issue), remedy: `Change ${lastName(path)} so that it ${boundText(issue)}.` }];
    default:
      return [{ path, text: issue.message, remedy: `Change ${lastName(path)} so that this holds.` }];
  }
}

/** The name of what is wrong; an item of a list goes by the list's. */
function lastName(path: readonly PropertyKey[]): string {
  const name = path.findLast((part) => typeof part === "string");
  return name === undefined ? "it" : typeof path.at(-1) === "number" ? `${name}[${String(path.at(-1))}]` : name;
}

function describeUnknownKey(path: readonly PropertyKey[], key: string, schema: z.ZodType): PlainIssue {
  const known = knownKeys(schema, path);
  const near = suggestName(key, known);
  return {
    path,
    key,
    hideKey: true,
    text: `unknown key '${key}'`,
    remedy: near ? `Did you mean '${near}'?` : `Remove it. Known here: ${known.join(", ")}.`,
  };
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let nodes: SchemaNode[] = [z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" }) as SchemaNode];
  for (const part of path) {
    nodes = nodes.flatMap(branchesOf).flatMap((node) => {
      if (typeof part === "number") return node.items ? [node.items] : [];
      const property = node.properties?.[String(part)];
      if (property) return [property];
      return typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
    });
  }
  const namesOf = (node: SchemaNode) => [...Object.keys(node.properties ?? {}), ...(node.propertyNames?.enum ?? [])];
  return [...new Set(nodes.flatMap(branchesOf).flatMap(namesOf))];
}

function branchesOf(node: SchemaNode): SchemaNode[] {
  return [node, ...(node.anyOf ?? []).flatMap(branchesOf), ...(node.oneOf ?? []).flatMap(branchesOf)];
}

/** How far into the data a union's branch got: the one that got furthest is what was meant. */
function depthOf(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function readAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined),
    data,
  );
}

function boundText(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  const bound = issue.code === "too_small" ? issue.minimum : issue.maximum;
  if (issue.code === "too_small" && issue.origin === "string" && Number(bound) === 1) return "must not be empty";
  const word =
    issue.code === "too_small"
      ? issue.inclusive === false
        ? "more than"
        : "at least"
      : issue.inclusive === false
        ? "less than"
        : "at most";
  const unit = issue.origin === "string" ? " characters long" : issue.origin === "array" ? " items long" : "";
  return `must be ${word} ${String(bound)}${unit}`;
}

const nouns: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map of keys and values",
  record: "a map of keys and values",
  array: "a list",
};

function nounOf(expected: string): string {
  return nouns[expected] ?? expected;
}

function show(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const text = typeof value === "string" ? `'${value}'` : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…'` : text;
}
