import { type Call, enter } from "../call.ts";
import { enterFolder } from "../change-folder.ts";
import { makeLiteral, makeUnknown } from "../field-builder.ts";
import type { ShellWord } from "../shell-reading.ts";
import { replaceMark } from "./run-xargs.ts";

const startsMax = 8;

/** `find START… -exec CMD {} \;`: the command, once for each start; `{}` is something at or below it. */
export function runFind(call: Call): void {
  const { argv } = call.command;
  const starts = listStarts(argv);
  for (let at = 1; at < argv.length; at++) {
    const action = argv[at]?.value;
    if (action === undefined || !/^-(exec|execdir|ok|okdir)$/.test(action)) continue;
    const end = argv.findIndex(
      (word, index) => index > at && (word.value === ";" || (word.value === "+" && argv[index - 1]?.value === "{}")),
    );
    const words = argv.slice(at + 1, end < 0 ? undefined : end);
    for (const start of starts.slice(0, startsMax)) runFound(call, words, start, action.endsWith("dir"));
    at = end < 0 ? argv.length : end;
  }
}

function listStarts(argv: readonly ShellWord[]): readonly ShellWord[] {
  const starts: ShellWord[] = [];
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] as ShellWord;
    if (/^-[HLP]$|^-O\d$/.test(word.value ?? "")) continue;
    if (word.value === "-D") at++;
    else if (/^[-(!]/.test(word.prefix)) break;
    else starts.push(word);
  }
  return starts.length === 0 ? [makeLiteral(".", ".")] : starts;
}

function runFound(call: Call, words: readonly ShellWord[], start: ShellWord, isInFolder: boolean): void {
  const found = isInFolder ? makeUnknown("{}", "find decides which file it is", { prefix: "./" }) : below(start);
  const argv = words.map((word) => replaceMark(word, "{}", found));
  const scope = isInFolder ? enterFolder(call.scope, start) : call.scope;
  call.frame.reader.runArgv(enter(call, "find"), { argv, text: words.map((word) => word.text).join(" ") }, scope);
}

function below(start: ShellWord): ShellWord {
  const unknown = makeUnknown("{}", "find decides which file it is", { prefix: start.value ?? start.prefix });
  return start.value === undefined ? { ...unknown, pieces: [...start.pieces, { kind: "unknown", text: "{}" }] } : unknown;
}
