import type { Expansion } from "./reader.ts";
import type { ShellWord } from "./shell-reading.ts";
import type { ShellValue } from "./shell-scope.ts";

/** Set by bash itself, whatever the text assigns. */
const setByBash = new Set(
  (
    "RANDOM SRANDOM SECONDS LINENO BASHPID EPOCHSECONDS EPOCHREALTIME UID EUID PPID GROUPS FUNCNAME BASH_SOURCE BASH_LINENO " +
    "BASH_COMMAND BASH_SUBSHELL BASH_ARGV BASH_ARGC BASH_REMATCH BASH_VERSION BASH_VERSINFO BASHOPTS SHELLOPTS PIPESTATUS DIRSTACK"
  ).split(" "),
);

/** The value of a variable as bash would find it here. */
export function lookUp(x: Expansion, name: string): ShellValue {
  if (setByBash.has(name)) return { unknown: `bash sets $${name}` };
  const variable = x.scope.variables.get(name);
  if (variable !== undefined) return variable.values[choose(x, name, variable.values.length)] as ShellValue;
  if (name === "PWD") return x.scope.places[choose(x, name, x.scope.places.length)]?.path ?? { unknown: "the folder is not known" };
  return x.frame.reader.env[name] ?? (name === "IFS" ? " \t\n" : { unknown: `$${name} is not set in this command` });
}

function choose(x: Expansion, name: string, count: number): number {
  if (count < 2) return 0;
  x.forks.set(name, count);
  return x.choices.get(name) ?? 0;
}

/** What separates words: IFS, or blanks where it is unset. Undefined when it is not known. */
export function readSeparators(x: Expansion): string | undefined {
  const value = lookUp(x, "IFS");
  if (value === null) return " \t\n";
  return typeof value === "string" ? value : undefined;
}

export function isLike(value: ShellValue): value is { readonly like: ShellWord } {
  return typeof value === "object" && value !== null && "like" in value;
}

export function isUnknown(value: ShellValue): value is { readonly unknown: string } {
  return typeof value === "object" && value !== null && "unknown" in value;
}
