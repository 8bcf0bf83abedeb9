import type { Access, Act } from "../act.ts";
import { type Arg, dropStart, startOf } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";
import { scanWord } from "./scan-word.ts";

export type Meaning = Access | "data";

/** Options of a program that take a value, and what the value is: `{ "-o": "write", "--output": "write", "-n": "data" }`. */
export type OptionValues = Readonly<Record<string, Meaning>>;

export interface ReadOption {
  readonly name: string;
  readonly value: Arg | undefined;
}

export interface ReadArgs {
  readonly options: readonly ReadOption[];
  readonly positionals: readonly Arg[];
  /** Where `--` stood among the positionals; undefined where it did not. */
  readonly endAt: number | undefined;
}

/** Takes options and positionals apart as getopt does: clusters, glued and separate values, `--`. */
export function readOptions(args: readonly Arg[], values: OptionValues): ReadArgs {
  const options: ReadOption[] = [];
  const positionals: Arg[] = [];
  let endAt: number | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as Arg;
    const start = startOf(arg);
    if (endAt !== undefined || !start.startsWith("-") || start === "-") positionals.push(arg);
    else if (arg.value === "--") endAt = positionals.length;
    else if (start.startsWith("--")) at += readLong(arg, args[at + 1], values, options);
    else at += readCluster(arg, args[at + 1], values, options);
  }
  return { options, positionals, endAt };
}

/** How many further arguments were taken. */
function readLong(arg: Arg, next: Arg | undefined, values: OptionValues, options: ReadOption[]): number {
  const start = startOf(arg);
  const sign = start.indexOf("=");
  if (sign >= 0) {
    options.push({ name: start.slice(0, sign), value: dropStart(arg, sign + 1) });
    return 0;
  }
  const takes = start in values && next !== undefined;
  options.push({ name: start, value: takes ? next : undefined });
  return takes ? 1 : 0;
}

function readCluster(arg: Arg, next: Arg | undefined, values: OptionValues, options: ReadOption[]): number {
  const start = startOf(arg);
  if (start in values) {
    options.push({ name: start, value: next });
    return next === undefined ? 0 : 1;
  }
  for (let at = 1; at < start.length; at += 1) {
    const name = `-${start[at]}`;
    if (!(name in values)) {
      options.push({ name, value: undefined });
      continue;
    }
    const glued = at + 1 < start.length || arg.value === undefined;
    options.push({ name, value: glued ? dropStart(arg, at + 1) : next });
    return glued || next === undefined ? 0 : 1;
  }
  return 0;
}

/** The acts of options: known ones by their meaning, a value of an unknown one by what it looks like. */
export function useOptions(view: CommandView, read: ReadArgs, values: OptionValues): Act[] {
  return read.options.flatMap(({ name, value }) => {
    if (value === undefined) return [];
    const meaning = values[name];
    if (meaning === "data") return [];
    return meaning === undefined ? scanWord(view, value, "use") : usePath(view, value, { access: meaning, deep: false });
  });
}

export function hasOption(read: ReadArgs, ...names: readonly string[]): boolean {
  return read.options.some(({ name }) => names.includes(name));
}

export function optionValue(read: ReadArgs, ...names: readonly string[]): Arg | undefined {
  return read.options.find(({ name, value }) => names.includes(name) && value !== undefined)?.value;
}
