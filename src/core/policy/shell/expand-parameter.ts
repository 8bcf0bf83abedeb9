import type { ParameterExpansionPart, SimpleExpansionPart, Word } from "unbash";
import { applyOperation } from "./apply-operation.ts";
import { addValue, expandOne } from "./expand-one.ts";
import { FieldBuilder } from "./field-builder.ts";
import { readSeparators } from "./look-up.ts";
import type { ExpandMode, Expansion } from "./reader.ts";
import { type Resolved, resolveName, resolvePart } from "./resolve-parameter.ts";
import { setVariable, toValue } from "./shell-scope.ts";

/** Adds what `$x` or `${x…}` gives. Commands in its operands are read in any case. */
export function expandParameter(
  x: Expansion,
  builder: FieldBuilder,
  part: SimpleExpansionPart | ParameterExpansionPart,
  mode: ExpandMode,
): void {
  if (part.type === "SimpleExpansion") {
    addResolved(x, builder, resolveName(x, part.text.slice(1)), part.text, mode);
    return;
  }
  const resolved = resolvePart(x, part);
  const operation = part.operation;
  if (operation?.type === "Default") {
    addDefault(x, builder, { part, resolved, operation, mode });
    return;
  }
  const result = operation === undefined || operation.type === "Names" ? resolved : applyOperation(x, resolved, operation, part);
  addResolved(x, builder, result, part.text, mode);
}

export function addResolved(x: Expansion, builder: FieldBuilder, resolved: Resolved, text: string, mode: ExpandMode, ifUnset = ""): void {
  if (resolved.kind === "unset") return;
  if (resolved.kind === "text") {
    addValue(x, builder, resolved.text, text, mode);
    return;
  }
  if (resolved.kind === "items") {
    addItems(x, builder, resolved, text, mode);
    return;
  }
  if (resolved.kind === "like") {
    builder.addWord(resolved.like, mode === "fields");
    return;
  }
  const isMany = mode === "fields" || (mode === "quoted" && /[@*]/.test(text));
  builder.addUnknown({ text, why: resolved.why, ifUnset, splits: isMany });
}

type Items = Extract<Resolved, { kind: "items" }>;

function addItems(x: Expansion, builder: FieldBuilder, { items, star }: Items, text: string, mode: ExpandMode): void {
  const separators = readSeparators(x);
  const isSplit = mode === "fields" && separators !== undefined && /[^ \t\n]/.test(separators);
  // Bash joins them by the first separator and splits again: what is empty between may be an argument or none.
  const isJoined = isSplit && items.some((item) => item === "" || [...item].some((char) => separators.includes(char)));
  if (separators === undefined || isJoined) {
    builder.addUnknown({ text, why: "IFS decides how it is split", ifUnset: "", splits: true });
    return;
  }
  if (mode === "one" || mode === "text" || mode === "pattern" || (mode === "quoted" && star)) {
    addValue(x, builder, items.join(star ? separators.slice(0, 1) : " "), text, mode);
    return;
  }
  items.forEach((item, at) => {
    if (at > 0) builder.endStarted();
    if (mode === "quoted") builder.addLiteral(item);
    else addValue(x, builder, item, text, mode);
  });
}

interface DefaultPart {
  readonly part: ParameterExpansionPart;
  readonly resolved: Resolved;
  readonly operation: Extract<NonNullable<ParameterExpansionPart["operation"]>, { type: "Default" }>;
  readonly mode: ExpandMode;
}

/** `${x:-y}`, `${x:=y}`, `${x:+y}`, `${x:?y}`. */
function addDefault(x: Expansion, builder: FieldBuilder, { part, resolved, operation, mode }: DefaultPart): void {
  const { operator, operand } = operation;
  const kind = operator.at(-1);
  const isEmpty = resolved.kind === "unset" || (operator.startsWith(":") && isNull(resolved));
  if (resolved.kind === "unknown" || resolved.kind === "like") {
    const probe = new FieldBuilder(part.text);
    x.frame.reader.expandInto(x, probe, operand, mode === "quoted" || mode === "text" ? "text" : "one");
    addResolved(x, builder, resolved, part.text, mode, kind === "?" ? "" : (probe.finishOne().ifUnset ?? ""));
    return;
  }
  const isUsed = kind === "+" ? !isEmpty : isEmpty;
  if (!isUsed) {
    expandOne(x, operand);
    if (kind !== "+") addResolved(x, builder, resolved, part.text, mode);
    return;
  }
  if (kind === "?") {
    builder.addUnknown({ text: part.text, why: "the command ends here", ifUnset: "", splits: mode === "fields" });
    return;
  }
  if (kind === "=") {
    addAssigned(x, builder, part, operand, mode);
    return;
  }
  expandOperand(x, builder, operand, mode);
}

/** Nothing, or empty. */
function isNull(resolved: Resolved): boolean {
  if (resolved.kind === "items") return resolved.items.join("") === "";
  return resolved.kind === "text" && resolved.text === "";
}

/** Unquoted blanks in an operand separate arguments, as in the value of a variable. */
function expandOperand(x: Expansion, builder: FieldBuilder, operand: Word, mode: ExpandMode): void {
  const parts = operand.parts ?? [];
  const isPlain = operand.parts === undefined && !operand.text.includes("\\") && !operand.text.includes("~");
  if ((mode === "quoted" || mode === "text") && /['\\]/.test(operand.text)) {
    // Kept or not by rules of its own; commands in it are read.
    const { ifUnset } = expandOne(x, operand);
    builder.addUnknown({ text: operand.text, why: "a quote in a quoted operand", ifUnset, splits: false });
    return;
  }
  if (mode !== "fields") {
    x.frame.reader.expandInto(x, builder, operand, mode);
    return;
  }
  if (isPlain) {
    addValue(x, builder, operand.value, operand.text, mode);
    return;
  }
  for (const part of parts) {
    if (part.type === "Literal" && part.text === part.value && !part.text.startsWith("~"))
      addValue(x, builder, part.value, part.text, mode);
    else x.frame.reader.expandInto(x, builder, { ...wordOf(operand), parts: [part] }, mode);
  }
  if (parts.length === 0) x.frame.reader.expandInto(x, builder, operand, mode);
}

function wordOf(operand: Word): Word {
  return { type: "Word", text: operand.text, value: operand.value, pos: operand.pos, end: operand.end };
}

function addAssigned(x: Expansion, builder: FieldBuilder, part: ParameterExpansionPart, operand: Word, mode: ExpandMode): void {
  const value = expandOne(x, operand, mode === "quoted" || mode === "text" ? "text" : "one");
  const isPlain = part.index === undefined && /^[A-Za-z_]\w*$/.test(part.parameter);
  if (isPlain) x.scope = setVariable(x.scope, part.parameter, toValue(value));
  if (value.value !== undefined) {
    addValue(x, builder, value.value, part.text, mode);
    return;
  }
  builder.addUnknown({ text: part.text, why: value.opaque ?? "it is not known", ifUnset: value.ifUnset, splits: mode === "fields" });
}
