import type { Call } from "./call.ts";
import { decodeBase32, decodeBase64, decodeHex } from "./decode-text.ts";
import { expandEscapes, formatPrintf } from "./format-printf.ts";

const outputMax = 32 * 1024;

/** What a command prints, for the few whose output follows from their arguments and a known input. */
export function computeOutput({ command, scope, frame }: Call): string | undefined {
  const { program, argv, input } = command;
  if (program === undefined || !Object.hasOwn(printers, program)) return undefined;
  const args: string[] = [];
  for (const word of argv.slice(1)) {
    // A pattern is taken as it is when nothing matches only where it is a text to begin with.
    if (word.value === undefined) return undefined;
    args.push(word.value);
  }
  const [place, ...others] = scope.places;
  const folder = others.length === 0 ? place?.path : undefined;
  const output = printers[program]?.({ args, input: input?.text, folder, env: frame.reader.env });
  return output === undefined || output.length > outputMax ? undefined : output;
}

interface Printing {
  readonly args: readonly string[];
  readonly input: string | undefined;
  readonly folder: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

const printers: Readonly<Record<string, (printing: Printing) => string | undefined>> = {
  ":": () => "",
  true: () => "",
  echo: printEcho,
  printf: ({ args }) => (args[0] === undefined || args[0].startsWith("-") ? undefined : formatPrintf(args[0], args.slice(1))),
  cat: ({ args, input }) => (args.every((arg) => arg === "-" || arg === "/dev/stdin") && args.length < 2 ? input : undefined),
  tee: ({ input }) => input,
  base64: ({ args, input }) => decodeWith(args, input, decodeBase64),
  base32: ({ args, input }) => decodeWith(args, input, decodeBase32),
  openssl: ({ args, input }) =>
    /^(base64|enc -base64) .*-d|^(base64|enc) -d .*-(base64|a)\b/.test(`${args.join(" ")} `) ? decode(input, decodeBase64) : undefined,
  xxd: ({ args, input }) => (/^-(r -p|p -r|rp|pr|ps -r|r -ps)$/.test(args.join(" ")) ? decode(input, decodeHex) : undefined),
  rev: ({ args, input }) => (args.length === 0 ? input?.replace(/[^\n]+/g, (line) => [...line].reverse().join("")) : undefined),
  tac: ({ args, input }) =>
    args.length === 0 && input?.endsWith("\n") ? `${input.slice(0, -1).split("\n").reverse().join("\n")}\n` : undefined,
  tr: printTranslated,
  head: ({ args, input }) => takeLines(args, input, (lines, count) => lines.slice(0, count)),
  tail: ({ args, input }) => takeLines(args, input, (lines, count) => lines.slice(-count)),
  pwd: ({ args, folder }) => (args.length === 0 && folder !== undefined ? `${folder}\n` : undefined),
  basename: ({ args }) => (args.length === 1 || args.length === 2 ? `${lastName(args[0] as string, args[1])}\n` : undefined),
  dirname: ({ args }) => (args.length === 1 && !args[0]?.startsWith("-") ? `${folderName(args[0] as string)}\n` : undefined),
  seq: ({ args }) => printSequence(args),
  printenv: ({ args, env }) => (args.length === 1 && env[args[0] as string] !== undefined ? `${env[args[0] as string]}\n` : undefined),
  which: ({ args }) => (args.length === 1 && !args[0]?.startsWith("-") ? `${args[0]}\n` : undefined),
  command: ({ args }) => (args.length === 2 && args[0] === "-v" ? `${args[1]}\n` : undefined),
  type: ({ args }) => (args.length === 2 && /^-[pP]$/.test(args[0] as string) ? `${args[1]}\n` : undefined),
};

function printEcho({ args }: Printing): string | undefined {
  let from = 0;
  let [withNewline, withEscapes] = [true, false];
  for (; from < args.length && /^-[neE]+$/.test(args[from] as string); from++) {
    const flags = args[from] as string;
    withNewline &&= !flags.includes("n");
    if (flags.lastIndexOf("e") > flags.lastIndexOf("E")) withEscapes = true;
    if (flags.lastIndexOf("E") > flags.lastIndexOf("e")) withEscapes = false;
  }
  const text = args.slice(from).join(" ");
  const expanded = withEscapes ? expandEscapes(text) : { text, isEnded: false };
  return expanded.text + (withNewline && !expanded.isEnded ? "\n" : "");
}

function decodeWith(args: readonly string[], input: string | undefined, decoder: (text: string) => string | undefined): string | undefined {
  const isDecoding =
    args.length > 0 && args.every((arg) => /^(-[dDi]+|--decode|--ignore-garbage|-|\/dev\/stdin)$/.test(arg)) && /d/i.test(args.join(""));
  return isDecoding ? decode(input, decoder) : undefined;
}

function decode(input: string | undefined, decoder: (text: string) => string | undefined): string | undefined {
  return input === undefined ? undefined : decoder(input);
}

function printTranslated({ args, input }: Printing): string | undefined {
  if (input === undefined) return undefined;
  if (args.length === 2 && args[0] === "-d") {
    const removed = listCharacters(args[1] as string);
    return removed && [...input].filter((char) => !removed.includes(char)).join("");
  }
  const from = args.length === 2 ? listCharacters(args[0] as string) : undefined;
  const to = args.length === 2 ? listCharacters(args[1] as string) : undefined;
  if (from === undefined || to === undefined || to.length === 0) return undefined;
  return [...input].map((char) => (from.includes(char) ? (to[Math.min(from.lastIndexOf(char), to.length - 1)] as string) : char)).join("");
}

/** `a-z0` as its characters; undefined for classes. */
function listCharacters(set: string): readonly string[] | undefined {
  if (/\[[:=]|\[.\*/.test(set) || set.startsWith("-")) return undefined;
  const text = expandEscapes(set).text;
  const chars: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const from = text.charCodeAt(at);
    const isRange = text[at + 1] === "-" && at + 2 < text.length;
    const to = isRange ? text.charCodeAt(at + 2) : from;
    if (to < from || to - from > 256) return undefined;
    for (let code = from; code <= to; code++) chars.push(String.fromCharCode(code));
    if (isRange) at += 2;
  }
  return chars;
}

function takeLines(
  args: readonly string[],
  input: string | undefined,
  take: (lines: string[], count: number) => string[],
): string | undefined {
  const match = /^(?:-n ?|-|--lines=)?(\d+)$|^$/.exec(args.join(" "));
  if (match === null || input === undefined || !input.endsWith("\n")) return undefined;
  const lines = take(input.slice(0, -1).split("\n"), Number(match[1] ?? 10));
  return lines.length === 0 || match[1] === "0" ? "" : `${lines.join("\n")}\n`;
}

function lastName(path: string, suffix: string | undefined): string {
  const trimmed = path.replace(/(.)\/+$/, "$1");
  const name = trimmed === "/" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
  return suffix !== undefined && name.endsWith(suffix) && name !== suffix ? name.slice(0, name.length - suffix.length) : name;
}

function folderName(path: string): string {
  const trimmed = path.replace(/(.)\/+$/, "$1");
  const at = trimmed.lastIndexOf("/");
  return at < 0 ? "." : trimmed.slice(0, at).replace(/(.)\/+$/, "$1") || "/";
}

function printSequence(args: readonly string[]): string | undefined {
  if (args.length < 1 || args.length > 2 || !args.every((arg) => /^\d{1,4}$/.test(arg))) return undefined;
  const [from, to] = args.length === 1 ? [1, Number(args[0])] : [Number(args[0]), Number(args[1])];
  if (to - from > 1_000) return undefined;
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => `${from + at}\n`).join("");
}
