import type { CompoundCommand, CompoundList, Redirected } from "unbash";
import type { ShellPlace, ShellWord } from "./shell-reading.ts";

/** A string, an indexed array (with holes), null when unset, one text of which a part is known, or why it is not known. */
export type ShellValue = string | readonly (string | undefined)[] | { readonly like: ShellWord } | { readonly unknown: string } | null;

export interface ShellVariable {
  /** One, or each that it may have: the branches that were or were not taken. */
  readonly values: readonly ShellValue[];
  readonly exported: boolean;
}

export interface ShellFunction {
  readonly name: string;
  readonly body: CompoundCommand | Redirected | CompoundList;
  /** The text that its positions point into. */
  readonly source: string;
}

/** What a shell knows at one point of a text. Never changed: each step makes the next. */
export interface ShellScope {
  readonly variables: ReadonlyMap<string, ShellVariable>;
  readonly places: readonly ShellPlace[];
  readonly functions: ReadonlyMap<string, readonly ShellFunction[]>;
  readonly aliases: ReadonlyMap<string, string>;
  /** `pushd`'s stack, newest first. */
  readonly stack: readonly (readonly ShellPlace[])[];
  readonly options: ShellOptions;
}

export interface ShellOptions {
  readonly noGlob: boolean;
  readonly physical: boolean;
  readonly exitOnError: boolean;
  readonly exportAll: boolean;
}

/** A variable in a branch that nobody can choose between has at most this many values; beyond, it is not known. */
const valuesMax = 8;
/** Folders in which a command may run; beyond, it is not known. */
const placesMax = 8;

export function startScope(cwd: string): ShellScope {
  return {
    variables: new Map([["@", { values: [[]], exported: false }]]),
    places: [{ path: cwd, lacks: [] }],
    functions: new Map(),
    aliases: new Map(),
    stack: [],
    options: { noGlob: false, physical: false, exitOnError: false, exportAll: false },
  };
}

export function setVariable(scope: ShellScope, name: string, value: ShellValue, exported?: boolean): ShellScope {
  const before = scope.variables.get(name);
  const variables = new Map(scope.variables);
  variables.set(name, { values: [value], exported: exported ?? (before?.exported || scope.options.exportAll) });
  return { ...scope, variables };
}

/** What an assignment of this word gives. */
export function toValue(word: ShellWord): ShellValue {
  return word.value ?? { like: word };
}

/** What holds whichever of the two was the case. */
export function joinScopes(left: ShellScope | undefined, right: ShellScope | undefined): ShellScope | undefined {
  if (left === right || right === undefined) return left;
  if (left === undefined) return right;
  return {
    variables: left.variables === right.variables ? left.variables : joinVariables(left.variables, right.variables),
    places: left.places === right.places ? left.places : joinPlaces(left.places, right.places),
    functions: left.functions === right.functions ? left.functions : joinFunctions(left.functions, right.functions),
    aliases: left.aliases === right.aliases ? left.aliases : new Map([...left.aliases, ...right.aliases]),
    stack: left.stack.length >= right.stack.length ? left.stack : right.stack,
    options: left.options === right.options ? left.options : joinOptions(left.options, right.options),
  };
}

const notSetHere: ShellVariable = { values: [{ unknown: "it is set in one branch only" }], exported: false };

function joinVariables(left: ShellScope["variables"], right: ShellScope["variables"]): ShellScope["variables"] {
  const joined = new Map<string, ShellVariable>();
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const one = left.get(name) ?? notSetHere;
    const other = right.get(name) ?? notSetHere;
    joined.set(name, one === other ? one : { values: joinValues(one.values, other.values), exported: one.exported || other.exported });
  }
  return joined;
}

/** Every value of both, once; a single unknown one when they are too many. */
export function joinValues(left: readonly ShellValue[], right: readonly ShellValue[]): readonly ShellValue[] {
  const joined = new Map([...left, ...right].map((value) => [JSON.stringify(value), value]));
  return joined.size > valuesMax ? [{ unknown: "it may have many values" }] : [...joined.values()];
}

export function joinPlaces(left: readonly ShellPlace[], right: readonly ShellPlace[]): readonly ShellPlace[] {
  const joined = new Map([...left, ...right].map((place) => [JSON.stringify(place), place]));
  return joined.size > placesMax ? [{ path: undefined, lacks: [] }] : [...joined.values()];
}

function joinFunctions(left: ShellScope["functions"], right: ShellScope["functions"]): ShellScope["functions"] {
  const joined = new Map(left);
  for (const [name, bodies] of right) joined.set(name, [...new Set([...(joined.get(name) ?? []), ...bodies])]);
  return joined;
}

/** What cannot be told apart is taken so that more is seen: patterns act, a failing command does not end the text. */
function joinOptions(left: ShellOptions, right: ShellOptions): ShellOptions {
  return {
    noGlob: left.noGlob && right.noGlob,
    physical: left.physical || right.physical,
    exitOnError: left.exitOnError && right.exitOnError,
    exportAll: left.exportAll || right.exportAll,
  };
}
