import type { Call } from "../call.ts";
import { either, type Outcome } from "../reader.ts";
import { type ShellScope, type ShellValue, setVariable } from "../shell-scope.ts";

/** More lines than this are not told apart. */
const linesMax = 8;

/** `read a b`, `mapfile a`, `getopts s a`: variables from the input, where that is known. */
export function readInput(call: Call): Outcome {
  const { argv, input } = call.command;
  const names = listNames(
    argv.slice(1).map((word) => word.value),
    argv[0]?.value ?? "",
  );
  const lines = input?.text === undefined || argv[0]?.value === "getopts" ? undefined : input.text.split("\n");
  const isRead = argv[0]?.value === "read";
  // After the last newline there is no line; without one there is, and `read` fails but sets.
  if (lines?.at(-1) === "") lines.pop();
  if (isRead) return either(readLines(call, names, lines), "");
  const [name] = names;
  if (name === undefined) return either(call.scope, "");
  return either(setVariable(call.scope, name, isPlain(argv.length) && lines !== undefined ? lines : notKnown), "");
}

const notKnown = { unknown: "it comes from the input" } as const;

function isPlain(words: number): boolean {
  return words <= 3;
}

const withValue = new Set(["-d", "-i", "-n", "-N", "-p", "-t", "-u", "-O", "-s", "-c", "-C"]);

function listNames(words: readonly (string | undefined)[], builtin: string): string[] {
  if (builtin === "getopts") return [words[1] ?? "", "OPTARG", "OPTIND"].filter(Boolean);
  const names: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const isFlag = word === "-s" && builtin === "read";
    if (word === "-a" && words[at + 1] !== undefined && builtin === "read") continue;
    if (word !== undefined && withValue.has(word) && !isFlag) at++;
    else if (word !== undefined && /^[A-Za-z_]\w*$/.test(word)) names.push(word);
  }
  if (names.length === 0) names.push(builtin === "read" ? "REPLY" : "MAPFILE");
  return names;
}

function readLines({ scope, command }: Call, names: readonly string[], lines: readonly string[] | undefined): ShellScope {
  const isSimple = command.argv.slice(1).every((word) => word.value === "-r" || /^[A-Za-z_]\w*$/.test(word.value ?? "-"));
  const separators = scope.variables.get("IFS")?.values[0] ?? " \t\n";
  const isKnown = lines !== undefined && isSimple && lines.length <= linesMax && typeof separators === "string";
  const rows = isKnown ? lines.map((line) => splitLine(line, separators, names.length, command.argv[1]?.value === "-r")) : [];
  const variables = new Map(scope.variables);
  names.forEach((name, at) => {
    const values: ShellValue[] = rows.length > 0 ? [...new Set(rows.map((row) => row[at] ?? ""))] : [isKnown ? "" : notKnown];
    variables.set(name, { values, exported: scope.variables.get(name)?.exported ?? false });
  });
  return { ...scope, variables };
}

function splitLine(line: string, separators: string, count: number, isRaw: boolean): string[] {
  const text = isRaw ? line : line.replace(/\\(.)/g, "$1");
  const isBlank = (char: string | undefined): boolean => char !== undefined && " \t\n".includes(char) && separators.includes(char);
  const fields: string[] = [];
  let rest = text;
  while (isBlank(rest[0])) rest = rest.slice(1);
  while (fields.length < count - 1 && rest !== "") {
    const at = [...rest].findIndex((char) => separators.includes(char));
    if (at < 0) break;
    fields.push(rest.slice(0, at));
    rest = rest.slice(at + (isBlank(rest[at]) ? 0 : 1));
    while (isBlank(rest[0])) rest = rest.slice(1);
    if (rest !== "" && separators.includes(rest[0] as string) && !isBlank(rest[0]) && isBlank(text[at])) rest = rest.slice(1);
  }
  while (isBlank(rest.at(-1))) rest = rest.slice(0, -1);
  return [...fields, rest];
}
