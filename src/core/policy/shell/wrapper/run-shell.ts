import { type Call, note } from "../call.ts";
import type { ShellWord } from "../shell-reading.ts";
import { type ShellScope, type ShellVariable, setVariable, startScope } from "../shell-scope.ts";
import { runText, textOf } from "./run-text.ts";
import { hasOption, scanOptions, valuesOf } from "./scan-options.ts";

/** `bash -c TEXT name args…`, `bash FILE`, and a shell that reads its commands from the input. */
export function runInterpreterShell(call: Call): void {
  const { argv, input } = call.command;
  const { options, rest } = scanOptions(argv, { letters: "oO", long: ["--rcfile", "--init-file", "--command"] });
  const operands = argv.slice(rest);
  for (const text of valuesOf(options, "--command"))
    runText(call, { kind: "shell", text: textOf(text), isKnown: text.opaque === undefined });
  if (hasOption(options, "-c")) {
    const [text, , ...args] = operands;
    if (text === undefined) return;
    runText(call, {
      kind: "shell",
      text: textOf(text),
      isKnown: text.opaque === undefined && !text.many,
      scope: childScope(call.scope, args),
    });
    return;
  }
  const [file, ...args] = operands;
  const isInput = file === undefined || hasOption(options, "-s") || isStandardInput(file.value);
  const stream = file?.pieces.length === 1 && file.pieces[0]?.kind === "stream" ? file.pieces[0] : undefined;
  if (stream !== undefined) {
    runInput(call, stream.content, undefined, args);
    return;
  }
  if (isInput && input !== undefined) runInput(call, input.text, input.partial, hasOption(options, "-s") ? operands : args);
}

function runInput(call: Call, text: string | undefined, partial: string | undefined, args: readonly ShellWord[]): void {
  const known = text ?? partial;
  if (known === undefined) {
    note(call, "the commands that it reads from its input are not known");
    return;
  }
  runText(call, { kind: "shell", text: known, isKnown: text !== undefined, scope: childScope(call.scope, args) });
}

export function isStandardInput(path: string | undefined): boolean {
  return path === "-" || path === "/dev/stdin" || path === "/dev/fd/0" || path === "/proc/self/fd/0";
}

/** What a shell that is started finds: the folder and exported variables. */
function childScope(scope: ShellScope, args: readonly ShellWord[]): ShellScope {
  const exported = [...scope.variables].filter(([, variable]) => variable.exported);
  const variables = new Map<string, ShellVariable>([...startScope("/").variables, ...exported]);
  const items = args.every((word) => word.value !== undefined)
    ? args.map((word) => word.value)
    : { unknown: "the arguments are not known" };
  return setVariable({ ...startScope("/"), variables, places: scope.places }, "@", items);
}
