import { type Call, enter, note } from "../call.ts";
import { enterFolder } from "../change-folder.ts";
import type { ShellAssignment, ShellWord } from "../shell-reading.ts";
import type { Prefix } from "./prefix-table.ts";
import { runText, textOf } from "./run-text.ts";
import { cutWord, hasOption, type Scanned, scanOptions, valuesOf } from "./scan-options.ts";

/** Reads the command among the arguments of a program that runs it. */
export function runPrefixed(call: Call, prefix: Prefix): void {
  const { argv } = call.command;
  const from = skipSubcommand(argv, prefix);
  if (from === undefined) return;
  const scanned = scanOptions(argv, { letters: prefix.letters, long: prefix.long ?? [] }, from);
  if (prefix.inert !== undefined && hasOption(scanned.options, ...prefix.inert)) return;
  const folder = valuesOf(scanned.options, ...(prefix.folderOptions ?? [])).at(-1);
  const inPlace: Call = folder === undefined ? call : { ...call, scope: enterFolder(call.scope, folder) };
  for (const text of valuesOf(scanned.options, ...(prefix.textOptions ?? [])))
    runText(inPlace, { kind: prefix.kind, text: textOf(text), isKnown: text.opaque === undefined });
  for (const text of valuesOf(scanned.options, "-S", "--split-string"))
    if (call.command.program === "env") runSplit(inPlace, text, argv.slice(scanned.rest));
  runRest(inPlace, prefix, scanned);
  runTextAfterOperand(inPlace, prefix, scanned);
}

/** Where the options after `docker exec` begin; undefined for another subcommand. */
function skipSubcommand(argv: readonly ShellWord[], { subcommands }: Prefix): number | undefined {
  if (subcommands === undefined) return 1;
  const at = argv.findIndex((word, index) => index > 0 && subcommands.includes(word.value ?? ""));
  return at < 0 || at > 6 ? undefined : at + 1;
}

function runRest(call: Call, prefix: Prefix, { rest }: Scanned): void {
  const { argv } = call.command;
  const environment: ShellAssignment[] = [];
  let at = rest;
  const operands = prefix.operands ?? 0;
  for (let count = 0; count < operands && at < argv.length; count++) at++;
  for (; prefix.assignments && at < argv.length; at++) {
    const match = /^([^=/\s]+)=/.exec((argv[at] as ShellWord).prefix);
    if (match === null) break;
    environment.push({ name: match[1] as string, value: cutWord(argv[at] as ShellWord, match[0].length) });
  }
  const inner = argv.slice(at);
  if (inner.length === 0) return;
  const isText = prefix.asText && (inner.length > 1 || /\s/.test(inner[0]?.value ?? " "));
  if (isText)
    runText(call, { kind: prefix.kind, text: inner.map(textOf).join(" "), isKnown: inner.every((word) => word.opaque === undefined) });
  else if (prefix.kind === "elsewhere" && operands > 0 && prefix.subcommands === undefined && at >= argv.length) return;
  else {
    if (prefix.isGuess) note(call, "what it runs is not known");
    call.frame.reader.runArgv(
      enter(call, prefix.kind),
      { argv: inner, environment, text: inner.map((word) => word.text).join(" "), isProgram: !prefix.isShell },
      call.scope,
    );
  }
}

/** `flock FILE -c TEXT`, `su USER -c TEXT`: the option comes after the operand. */
function runTextAfterOperand(call: Call, prefix: Prefix, { rest }: Scanned): void {
  if (prefix.textOptions === undefined || !prefix.operands) return;
  const { argv } = call.command;
  const at = argv.findIndex((word, index) => index >= rest && prefix.textOptions?.includes(word.value ?? ""));
  const text = at < 0 ? undefined : argv[at + 1];
  if (text !== undefined) runText(call, { kind: prefix.kind, text: textOf(text), isKnown: text.opaque === undefined });
}

/** `env -S 'A=1 cmd x' y`. */
function runSplit(call: Call, text: ShellWord, rest: readonly ShellWord[]): void {
  const whole = [textOf(text), ...rest.map(textOf)].join(" ");
  runText(call, { kind: "wrapper", text: whole, isKnown: text.opaque === undefined });
}
