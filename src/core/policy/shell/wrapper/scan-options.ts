import type { ShellWord } from "../shell-reading.ts";

export interface ScannedOption {
  /** Without its value: `-u`, `--user`. */
  readonly name: string;
  readonly value: ShellWord | undefined;
}

export interface Scanned {
  readonly options: readonly ScannedOption[];
  /** Index of the first argument that is no option. */
  readonly rest: number;
}

/**
 * The options of a command up to its first operand. `takes` lists those that have a value of their own: letters one by one
 * (`"uC"`), long names with their dashes.
 */
export function scanOptions(argv: readonly ShellWord[], takes: { letters: string; long?: readonly string[] }, from = 1): Scanned {
  const options: ScannedOption[] = [];
  let at = from;
  for (; at < argv.length; at++) {
    const word = argv[at] as ShellWord;
    const text = word.value ?? word.prefix;
    if (text === "--") return { options, rest: at + 1 };
    if (!/^[-+]./.test(text)) break;
    if (text.startsWith("--")) {
      const equals = text.indexOf("=");
      const name = equals < 0 ? text : text.slice(0, equals);
      if (equals >= 0) options.push({ name, value: cutWord(word, equals + 1) });
      else options.push({ name, value: takes.long?.includes(name) ? argv[++at] : undefined });
      continue;
    }
    const letter = [...text].findIndex((char, index) => index > 0 && takes.letters.includes(char));
    for (const char of text.slice(1, letter < 0 ? undefined : letter)) options.push({ name: `-${char}`, value: undefined });
    if (letter < 0) continue;
    const isAttached = text.length > letter + 1 || word.value === undefined;
    options.push({ name: `-${text[letter]}`, value: isAttached ? cutWord(word, letter + 1) : argv[++at] });
  }
  return { options, rest: Math.min(at, argv.length) };
}

/** The word without its first characters, which are known. */
export function cutWord(word: ShellWord, length: number): ShellWord {
  const [first, ...others] = word.pieces;
  const pieces = first === undefined || first.text.length === length ? others : [{ ...first, text: first.text.slice(length) }, ...others];
  return {
    ...word,
    value: word.value?.slice(length),
    prefix: word.prefix.slice(length),
    suffix: word.value === undefined ? word.suffix : word.suffix.slice(length),
    pieces,
    glob: word.glob?.slice(length),
    ifUnset: word.ifUnset?.slice(length),
  };
}

export function valuesOf(options: readonly ScannedOption[], ...names: readonly string[]): readonly ShellWord[] {
  return options.flatMap((option) => (names.includes(option.name) && option.value !== undefined ? [option.value] : []));
}

export function hasOption(options: readonly ScannedOption[], ...names: readonly string[]): boolean {
  return options.some((option) => names.includes(option.name));
}
