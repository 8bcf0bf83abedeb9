import type { ParameterExpansionPart, Word } from "unbash";
import { expandOne } from "./expand-one.ts";
import { isLike, isUnknown, lookUp } from "./look-up.ts";
import { readArithmetic } from "./read-arithmetic.ts";
import type { Expansion } from "./reader.ts";
import type { ShellWord } from "./shell-reading.ts";

/** What a parameter is before and after its operation. */
export type Resolved =
  | { readonly kind: "text"; readonly text: string }
  /** `$@`, `$*`, `${a[@]}`. */
  | { readonly kind: "items"; readonly items: readonly string[]; readonly star: boolean }
  | { readonly kind: "unset" }
  /** One text of which a part is known. */
  | { readonly kind: "like"; readonly like: ShellWord; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

export function resolvePart(x: Expansion, part: ParameterExpansionPart): Resolved {
  if (part.prefix === "!" && part.operation?.type === "Names") return { kind: "unknown", why: "it lists names of variables" };
  if (part.prefix === "!" && (part.index?.text === "@" || part.index?.text === "*")) return listKeys(x, part);
  const direct = resolveName(x, part.parameter, part.index);
  if (part.prefix === "#") return countOf(direct);
  if (part.prefix !== "!") return direct;
  if (direct.kind === "unset") return { kind: "unset" };
  const target = direct.kind === "text" ? /^([A-Za-z_]\w*|[@*#]|\d+)(?:\[(\d+|@|\*)\])?$/.exec(direct.text) : null;
  return target === null
    ? { kind: "unknown", why: "which variable it names is not known" }
    : resolveName(x, target[1] as string, target[2]);
}

function listKeys(x: Expansion, part: ParameterExpansionPart): Resolved {
  const value = lookUp(x, part.parameter);
  if (value === null) return { kind: "items", items: [], star: false };
  if (typeof value === "string") return { kind: "items", items: ["0"], star: false };
  return Array.isArray(value)
    ? { kind: "items", items: Object.keys(value).filter((key) => value[Number(key)] !== undefined), star: part.index?.text === "*" }
    : { kind: "unknown", why: "the keys are not known" };
}

function countOf(resolved: Resolved): Resolved {
  if (resolved.kind === "items") return { kind: "text", text: String(resolved.items.length) };
  if (resolved.kind === "unset") return { kind: "text", text: "0" };
  if (resolved.kind === "text") return { kind: "text", text: String([...resolved.text].length) };
  return { kind: "unknown", why: "its length is not known" };
}

/** A parameter by its name: a variable, an array's element or all of them, a positional or special one. */
export function resolveName(x: Expansion, name: string, index?: Word | string): Resolved {
  if (name === "@" || name === "*" || name === "#" || /^[1-9]\d*$/.test(name)) return resolvePositional(x, name);
  if (!/^[A-Za-z_]\w*$/.test(name) || name === "_") return { kind: "unknown", why: `bash sets $${name}` };
  const value = lookUp(x, name);
  const key = index === undefined ? "0" : typeof index === "string" ? index : readIndex(x, index);
  if (isUnknown(value)) return { kind: "unknown", why: value.unknown };
  if (isLike(value)) return { kind: "like", like: value.like, why: value.like.opaque ?? "it is a pattern" };
  if (key === undefined) return { kind: "unknown", why: "which element it is is not known" };
  const items = value === null ? [] : typeof value === "string" ? [value] : value;
  if (key === "@" || key === "*") return { kind: "items", items: items.filter((item) => item !== undefined), star: key === "*" };
  const item = items.at(Number(key));
  return item === undefined ? { kind: "unset" } : { kind: "text", text: item };
}

function readIndex(x: Expansion, index: Word): string | undefined {
  if (index.text === "@" || index.text === "*") return index.text;
  const text = expandOne(x, index).value;
  if (text === undefined) return undefined;
  return /^-?\d+$/.test(text) ? text : computeText(x, text);
}

/** A variable's name as a number; other expressions are not computed here. */
export function computeText(x: Expansion, text: string): string | undefined {
  const word = { type: "ArithmeticWord", pos: 0, end: 0, value: text.trim() } as const;
  const value = readArithmetic(x, word);
  return value === undefined ? undefined : String(value);
}

function resolvePositional(x: Expansion, name: string): Resolved {
  const value = lookUp(x, "@");
  if (!Array.isArray(value)) return { kind: "unknown", why: "the arguments are not known" };
  const items = value.filter((item): item is string => item !== undefined);
  if (name === "#") return { kind: "text", text: String(items.length) };
  if (name === "@" || name === "*") return { kind: "items", items, star: name === "*" };
  const item = items[Number(name) - 1];
  return item === undefined ? { kind: "unset" } : { kind: "text", text: item };
}
