import type { ParameterExpansionPart, ParameterOperation } from "unbash";
import { expandOne, expandPattern } from "./expand-one.ts";
import { matchPattern, removeMatch, replaceMatch } from "./match-pattern.ts";
import { deeper, type Expansion } from "./reader.ts";
import { computeText, type Resolved } from "./resolve-parameter.ts";

type Operation = Exclude<ParameterOperation, { type: "Default" | "Names" }>;

/** What `${x%…}`, `${x/…/…}`, `${x:1:2}`, `${x^^}` and `${x@U}` make of a parameter; each item of a list on its own. */
export function applyOperation(x: Expansion, resolved: Resolved, operation: Operation, part: ParameterExpansionPart): Resolved {
  const change = readOperation(x, operation, resolved);
  if (resolved.kind === "unknown" || resolved.kind === "like") return { kind: "unknown", why: resolved.why };
  if (operation.type === "Slice" && resolved.kind === "items") return sliceItems(x, resolved, operation, part);
  if (change === undefined) return { kind: "unknown", why: "the operation is not computed" };
  if (resolved.kind === "unset") return operation.type === "Replace" || operation.type === "Remove" ? { kind: "text", text: "" } : resolved;
  if (resolved.kind === "text") return toText(change(resolved.text));
  const items = resolved.items.map(change);
  return items.every((item) => item !== undefined) ? { ...resolved, items } : { kind: "unknown", why: "the operation is not computed" };
}

function toText(text: string | undefined): Resolved {
  return text === undefined ? { kind: "unknown", why: "the operation is not computed" } : { kind: "text", text };
}

type Change = (text: string) => string | undefined;

/** Reads the operands, commands in them included, whether or not they are used. */
function readOperation(x: Expansion, operation: Operation, resolved: Resolved): Change | undefined {
  switch (operation.type) {
    case "Remove": {
      const pattern = expandPattern(x, operation.operand);
      return pattern === undefined ? undefined : (text) => removeMatch(pattern, text, operation.operator);
    }
    case "Replace": {
      const pattern = expandPattern(x, operation.pattern);
      const by = expandOne(x, operation.replacement, "text").value;
      if (pattern === undefined || by === undefined || /[&\\]/.test(operation.replacement.text)) return undefined;
      if (/["']/.test(operation.replacement.text)) return undefined;
      return (text) => replaceMatch({ pattern, text, by, operator: operation.operator });
    }
    case "CaseModification":
      return readCase(x, operation);
    case "Transform":
      return readTransform(x, operation.operand.text, resolved);
    case "Slice":
      return readSlice(x, operation);
    case "Unknown":
      return undefined;
  }
}

function readCase(x: Expansion, { operator, operand }: Extract<Operation, { type: "CaseModification" }>): Change | undefined {
  const pattern = operand === undefined || operand.text === "" ? "?" : expandPattern(x, operand);
  if (pattern === undefined) return undefined;
  const change = (char: string): string => {
    if (matchPattern(pattern, char) !== true) return char;
    return operator.startsWith("^") ? char.toUpperCase() : char.toLowerCase();
  };
  return (text) => {
    if (!/^[\x20-\x7e\n\t]*$/.test(text)) return undefined;
    return operator.length === 2 ? [...text].map(change).join("") : change(text.slice(0, 1)) + text.slice(1);
  };
}

function readTransform(x: Expansion, operator: string, resolved: Resolved): Change | undefined {
  // A prompt string runs the commands in it.
  if (operator === "P" && resolved.kind === "text") x.frame.reader.walkText(deeper(x.inner()), `: "${resolved.text}"`, x.scope);
  const isAscii = (text: string): boolean => /^[\x20-\x7e\n\t]*$/.test(text);
  if (operator === "U") return (text) => (isAscii(text) ? text.toUpperCase() : undefined);
  if (operator === "L") return (text) => (isAscii(text) ? text.toLowerCase() : undefined);
  if (operator === "u") return (text) => (isAscii(text) ? text.slice(0, 1).toUpperCase() + text.slice(1) : undefined);
  return undefined;
}

type Slice = Extract<Operation, { type: "Slice" }>;

function readBounds(x: Expansion, { offset, length }: Slice): { from: number; count: number | undefined } | undefined {
  const offsetText = expandOne(x, offset).value;
  const lengthText = length === undefined ? undefined : expandOne(x, length).value;
  const from = offsetText === undefined ? undefined : computeText(x, offsetText);
  const count = lengthText === undefined ? undefined : computeText(x, lengthText);
  if (from === undefined || (length !== undefined && count === undefined)) return undefined;
  return { from: Number(from), count: count === undefined ? undefined : Number(count) };
}

function readSlice(x: Expansion, operation: Slice): Change | undefined {
  const bounds = readBounds(x, operation);
  if (bounds === undefined) return undefined;
  const { from, count } = bounds;
  return (text) => {
    const chars = [...text];
    const start = from < 0 ? chars.length + from : from;
    if (start < 0 || start > chars.length) return "";
    const end = count === undefined ? chars.length : count < 0 ? chars.length + count : start + count;
    return end < start ? undefined : chars.slice(start, end).join("");
  };
}

/** `${@:2:1}` counts from `$1`, `${a[@]:1}` from element 0. */
function sliceItems(
  x: Expansion,
  { items, star }: Extract<Resolved, { kind: "items" }>,
  operation: Slice,
  part: ParameterExpansionPart,
): Resolved {
  const bounds = readBounds(x, operation);
  const isPositional = part.index === undefined;
  if (bounds === undefined || bounds.from < 0 || (isPositional && bounds.from === 0) || (bounds.count ?? 0) < 0)
    return { kind: "unknown", why: "the operation is not computed" };
  const start = isPositional ? bounds.from - 1 : bounds.from;
  return { kind: "items", items: items.slice(start, bounds.count === undefined ? undefined : start + bounds.count), star };
}
