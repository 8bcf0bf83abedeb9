import { deeper, either, type Frame, type Outcome, type Writable } from "./reader.ts";
import type { ShellCommand, ShellVia, ShellWord, ViaKind } from "./shell-reading.ts";
import { joinScopes, type ShellScope, type ShellValue, setVariable, toValue } from "./shell-scope.ts";

/** A command in the reading, and where it stands, for those who look into it. */
export interface Call {
  readonly frame: Frame;
  readonly scope: ShellScope;
  readonly command: Writable<ShellCommand>;
}

/** A word that bash would read back as this argument; what is unknown in it stays open. */
export function quoteWord(word: ShellWord): string {
  return word.pieces
    .map(({ kind, text }) => {
      if (kind === "glob") return text;
      return kind === "unknown" ? unknownText : /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
    })
    .join("");
}

/** Stands for what is unknown in a text that is read as shell: a variable that nobody sets. */
export const unknownText = `\${UNKNOWN_TO_READER}`;

/** The frame of what this command runs. */
export function enter(call: Call, kind: ViaKind, by = call.command.program ?? "?"): Frame {
  const via: ShellVia = { kind, by, from: call.command.index };
  return { ...deeper(call.frame), via: [...call.frame.via, via], input: kind === "code" ? undefined : call.command.input };
}

export function note(call: Call, reason: string): void {
  if (!call.command.opaque.includes(reason)) call.command.opaque = [...call.command.opaque, reason];
}

/** What holds after a command that may or may not have changed the scope. */
export function mayChange(scope: ShellScope, outcome: Outcome): Outcome {
  return either(joinScopes(scope, joinScopes(outcome.ok, outcome.fail)) ?? scope, outcome.output);
}

export function nameProgram(word: ShellWord | undefined): string | undefined {
  const value = word?.value;
  return value === undefined ? undefined : value.slice(value.lastIndexOf("/") + 1);
}

/** `a[1]=x` is its element; the name carries the subscript. */
export function assign(scope: ShellScope, name: string, value: ShellWord): ShellScope {
  const array = arrayValues.get(value);
  if (array !== undefined) return setVariable(scope, name, array);
  return setVariable(scope, name, toValue(value));
}

/** Elements of a word that stands for a whole array. */
export const arrayValues = new WeakMap<ShellWord, ShellValue>();
