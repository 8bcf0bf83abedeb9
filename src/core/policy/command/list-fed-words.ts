import type { ShellCommand } from "../shell/shell-reading.ts";
import { type Arg, plainArg } from "./arg.ts";

const wordsMax = 200;

/** What xargs and parallel hand to the command they run, where their input is known: `echo PATH | xargs cat`. */
export function listFedWords(command: ShellCommand, all: readonly ShellCommand[]): Arg[] {
  const via = command.via.at(-1);
  if (via?.kind !== "xargs") return [];
  const feeder = all[via.from];
  const input = feeder?.input;
  const texts = input?.text !== undefined ? [input.text] : (input?.feeders ?? []).flatMap((at) => printedBy(all[at]));
  return texts
    .flatMap((text) => text.split(/[\s\0]+/))
    .filter((word) => word !== "")
    .slice(0, wordsMax)
    .map((word) => plainArg(word.replace(/^['"]|['"]$/g, "")));
}

/** What echo and printf print, near enough to find paths in it. */
function printedBy(command: ShellCommand | undefined): string[] {
  if (command?.program !== "echo" && command?.program !== "printf") return [];
  return command.argv.slice(1).flatMap((word) => word.value?.replace(/\\[0n]/g, " ") ?? []);
}
