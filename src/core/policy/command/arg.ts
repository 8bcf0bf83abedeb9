import type { ShellWord } from "../shell/shell-reading.ts";

/** An argument of a command, or the part of it behind `--output=`. */
export interface Arg {
  readonly text: string;
  readonly value: string | undefined;
  readonly prefix: string;
  readonly suffix: string;
  readonly glob: string | undefined;
  readonly ifUnset: string | undefined;
  readonly unknown: boolean;
  /** May become several arguments. */
  readonly many: boolean;
  /** A process substitution: no file, but the output of commands that are judged themselves. Its lines, as far as they are known. */
  readonly stream?: readonly string[];
}

export function toArg(word: ShellWord): Arg {
  return {
    text: word.text,
    value: word.value,
    prefix: word.value ?? word.prefix,
    suffix: word.value ?? word.suffix,
    glob: word.value === undefined ? word.glob : undefined,
    ifUnset: word.ifUnset,
    unknown: word.opaque !== undefined,
    many: word.many,
    ...readStream(word),
  };
}

function readStream({ pieces }: ShellWord): Pick<Arg, "stream"> {
  const [piece, ...others] = pieces;
  if (piece?.kind !== "stream" || others.length > 0) return {};
  return { stream: (piece.content ?? "").split(/[\0\n]/).filter((line) => line !== "") };
}

export function plainArg(value: string): Arg {
  return { text: value, value, prefix: value, suffix: value, glob: undefined, ifUnset: value, unknown: false, many: false };
}

/** Without its first characters, as far as they are known. */
export function dropStart(arg: Arg, length: number): Arg {
  const cut = (text: string | undefined) => (text === undefined ? undefined : text.slice(length));
  return {
    ...arg,
    value: cut(arg.value),
    prefix: arg.prefix.slice(length),
    suffix: arg.value === undefined ? arg.suffix : arg.suffix.slice(length),
    glob: arg.glob === undefined ? undefined : arg.glob.slice(length),
    ifUnset: cut(arg.ifUnset),
    text: arg.value === undefined ? arg.text : arg.value.slice(length),
  };
}

/** What is known of its beginning: the whole, for a known one. */
export function startOf(arg: Arg): string {
  return arg.value ?? arg.prefix;
}
