import type { Call } from "../call.ts";
import { nameLanguage, readProgramCode } from "../code/read-program-code.ts";
import { prefixes } from "./prefix-table.ts";
import { runFind } from "./run-find.ts";
import { runGit } from "./run-git.ts";
import { runHiddenPrograms } from "./run-hidden-programs.ts";
import { runPrefixed } from "./run-prefixed.ts";
import { runInterpreterShell } from "./run-shell.ts";
import { runXargs } from "./run-xargs.ts";

/** Follows a command into what it runs: other commands, shell texts, programs in other languages. */
export function unwrap(call: Call): void {
  const { program } = call.command;
  if (program === undefined) {
    runUnknown(call);
    return;
  }
  const name = program.toLowerCase();
  if (shells.test(name)) {
    runInterpreterShell(call);
    return;
  }
  if (name === "find" || name === "gfind") {
    runFind(call);
    return;
  }
  if (name === "xargs" || name === "gxargs" || name === "parallel") {
    runXargs(call);
    return;
  }
  if (name === "git") {
    runGit(call);
    return;
  }
  const prefix = Object.hasOwn(prefixes, name) ? prefixes[name] : undefined;
  if (prefix !== undefined) {
    runPrefixed(call, prefix);
    return;
  }
  if (/^ld(-linux.*|-musl.*|)\.so/.test(name)) {
    runPrefixed(call, { kind: "wrapper", letters: "", long: ["--library-path", "--preload", "--argv0"] });
    return;
  }
  if (nameLanguage(name) !== undefined) readProgramCode(call);
  runHiddenPrograms(call);
}

const shells = /^(ba|da|a|z|k|mk|pdk|lk|c|tc|fi|ya|po|rba|)sh(-\d.*|\d.*)?$/;

/** `$(cat x) -c '…'`: a program that is not known and is given a text as a shell is. */
function runUnknown(call: Call): void {
  if (call.command.argv.slice(1).some((word) => /^-[a-z]*c$/.test(word.value ?? ""))) runInterpreterShell(call);
  else if (call.command.argv.length > 1) runPrefixed(call, { kind: "wrapper", letters: "", isGuess: true });
}
