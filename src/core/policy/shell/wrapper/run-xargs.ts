import { type Call, enter } from "../call.ts";
import { makeLiteral, makeUnknown } from "../field-builder.ts";
import type { ShellWord } from "../shell-reading.ts";
import { runText, textOf } from "./run-text.ts";
import { hasOption, scanOptions, valuesOf } from "./scan-options.ts";

const argumentsMax = 256;
const linesMax = 16;

/** `xargs CMD`: the arguments come from the input, those that are known stand in the command that it runs. */
export function runXargs(call: Call): void {
  const isParallel = call.command.program === "parallel";
  const { argv, input } = call.command;
  const letters = isParallel ? "jaINnLCdS" : "aEeIiLlnPsd";
  const long = ["--arg-file", "--delimiter", "--replace", "--max-args", "--max-procs", "--max-lines", "--max-chars", "--process-slot-var"];
  const { options, rest } = scanOptions(argv, {
    letters: letters.replace(/[eil]/g, ""),
    long: long.filter((name) => name !== "--replace"),
  });
  const marks = [...valuesOf(options, "-I", "-i", "--replace").map((word) => word.value ?? "{}")];
  if (marks.length === 0 && (hasOption(options, "-i", "--replace") || isParallel)) marks.push("{}");
  const words = argv.slice(rest);
  const separator = isParallel ? words.findIndex((word) => word.value === ":::") : -1;
  const base = separator < 0 ? words : words.slice(0, separator);
  const fromFile = hasOption(options, "-a", "--arg-file");
  const text = fromFile ? undefined : input?.text;
  const items = separator < 0 ? splitInput(text, options, marks.length > 0) : words.slice(separator + 1);
  const command = base.length === 0 ? [makeLiteral("echo", "echo")] : base;
  const [mark] = marks;
  if (mark === undefined || (isParallel && !command.some((word) => word.pieces.some((piece) => piece.text.includes(mark))))) {
    runOne(call, [...command, ...(items ?? [unknownArgument])]);
    return;
  }
  for (const item of (items ?? [unknownArgument]).slice(0, linesMax))
    runOne(
      call,
      command.map((word) => replaceMark(word, mark, item)),
    );
}

const unknownArgument = makeUnknown("…", "its arguments come from the input", { many: true });

function runOne(call: Call, argv: readonly ShellWord[]): void {
  // parallel gives one word to a shell, more to the program.
  const [only] = argv;
  if (call.command.program === "parallel" && only !== undefined)
    runText(call, { kind: "xargs", text: argv.map(textOf).join(" "), isKnown: argv.every((word) => word.opaque === undefined) });
  else
    call.frame.reader.runArgv(
      { ...enter(call, "xargs"), input: undefined },
      { argv, text: argv.map((word) => word.text).join(" ") },
      call.scope,
    );
}

/** The arguments in a known input: at blanks with quotes, at NUL with -0, at the delimiter of -d, by lines with -I. */
function splitInput(text: string | undefined, options: Parameters<typeof hasOption>[0], byLine: boolean): readonly ShellWord[] | undefined {
  if (text === undefined) return undefined;
  const delimiter = valuesOf(options, "-d", "--delimiter").at(-1)?.value;
  const isNull = hasOption(options, "-0", "--null");
  const items =
    isNull || delimiter !== undefined
      ? text
          .split(isNull ? "\0" : delimiter === "\\n" ? "\n" : (delimiter as string))
          .filter((item, at, all) => item !== "" || at < all.length - 1)
      : byLine
        ? text
            .split("\n")
            .map((line) => line.trimStart())
            .filter((line) => line !== "")
        : splitQuoted(text);
  if (items === undefined || items.length > argumentsMax) return undefined;
  return items.map((item) => makeLiteral(item, item));
}

function splitQuoted(text: string): string[] | undefined {
  const items: string[] = [];
  const token = /\s+|((?:[^\s'"\\]|'[^'\n]*'|"[^"\n]*"|\\[\s\S])+)/gy;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[1] !== undefined)
      items.push(match[1].replace(/'([^']*)'|"([^"]*)"|\\([\s\S])/g, (_, one, two, three) => one ?? two ?? three));
    if (token.lastIndex === text.length) return items;
  }
  return text === "" ? [] : undefined;
}

/** The word with the mark replaced: `cat /x/{}/y`. */
export function replaceMark(word: ShellWord, mark: string, item: ShellWord): ShellWord {
  if (!word.pieces.some((piece) => piece.text.includes(mark))) return word;
  if (word.value !== undefined && item.value !== undefined) {
    const value = word.value.replaceAll(mark, () => item.value as string);
    return makeLiteral(word.text, value);
  }
  const text = word.value ?? word.prefix;
  const at = text.indexOf(mark);
  const before = at < 0 ? word.prefix : text.slice(0, at);
  const after = word.value === undefined ? word.suffix : word.value.slice(at + mark.length);
  const unknown = makeUnknown(word.text, item.opaque ?? word.opaque ?? "it is not known", { prefix: before + item.prefix });
  return { ...unknown, suffix: after, pieces: after === "" ? unknown.pieces : [...unknown.pieces, { kind: "literal", text: after }] };
}
