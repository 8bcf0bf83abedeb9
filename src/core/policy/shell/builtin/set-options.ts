import type { Call } from "../call.ts";
import { type Outcome, succeed } from "../reader.ts";
import { type ShellOptions, setVariable } from "../shell-scope.ts";

/** `set -f`, `set -o physical`, `set -- a b`. */
export function setOptions({ command, scope }: Call): Outcome {
  const words = command.argv.slice(1);
  if (words.length === 0) return { ...succeed(scope), output: undefined };
  let options = scope.options;
  for (let at = 0; at < words.length; at++) {
    const value = words[at]?.value;
    const isOption = value !== undefined && /^[-+][A-Za-z]/.test(value);
    if (!isOption) {
      const operands = words.slice(value === "--" || value === "-" ? at + 1 : at);
      if (value === "-" && operands.length === 0) break;
      const items = operands.every((word) => word.value !== undefined) ? operands.map((word) => word.value) : undefined;
      return succeed(setVariable({ ...scope, options }, "@", items ?? { unknown: "the arguments are not known" }));
    }
    const isOn = value.startsWith("-");
    for (const letter of value.slice(1)) {
      if (letter === "o") options = setNamed(options, words[++at]?.value, isOn);
      else options = setLetter(options, letter, isOn);
    }
  }
  return succeed({ ...scope, options });
}

function setNamed(options: ShellOptions, name: string | undefined, isOn: boolean): ShellOptions {
  const letters: Readonly<Record<string, string>> = { noglob: "f", physical: "P", errexit: "e", allexport: "a" };
  return setLetter(options, letters[name ?? ""] ?? "", isOn);
}

function setLetter(options: ShellOptions, letter: string, isOn: boolean): ShellOptions {
  if (letter === "f") return { ...options, noGlob: isOn };
  if (letter === "P") return { ...options, physical: isOn };
  if (letter === "e") return { ...options, exitOnError: isOn };
  return letter === "a" ? { ...options, exportAll: isOn } : options;
}
