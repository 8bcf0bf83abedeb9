import { arrayValues, type Call } from "../call.ts";
import { type Outcome, succeed } from "../reader.ts";
import type { ShellWord } from "../shell-reading.ts";
import { type ShellScope, type ShellValue, setVariable } from "../shell-scope.ts";

/** `export`, `declare`, `local`, `readonly`: each `name=value` is set, each `name` gets the attribute. */
export function declareVariables(call: Call, { exported = false }: { exported?: boolean }): Outcome {
  const words = call.command.argv.slice(1);
  const options = words
    .filter((word) => /^[-+][A-Za-z]+$/.test(word.value ?? ""))
    .map((word) => word.value)
    .join("");
  const isExported = exported ? !options.includes("n") : options.includes("x");
  // Integers, references, changed case and associative arrays have values of their own.
  const isOdd = !exported && /[inluA]/.test(options);
  const isFunction = options.includes("f");
  if (isFunction || options.includes("p")) return { ...succeed(call.scope), output: undefined };
  const after = words.reduce((scope, word) => declareOne(scope, word, isExported, isOdd), call.scope);
  return { ...succeed(after) };
}

function declareOne(scope: ShellScope, word: ShellWord, isExported: boolean, isOdd: boolean): ShellScope {
  const known = word.pieces[0]?.kind === "literal" ? word.prefix : "";
  const match = /^([A-Za-z_]\w*)(\+?)(=|$)/.exec(known);
  if (match === null) return scope;
  const [head, name, plus, equals] = match as unknown as [string, string, string, string];
  const before = scope.variables.get(name);
  if (equals === "") {
    if (word.value === undefined) return scope;
    if (isOdd) return setVariable(scope, name, { unknown: "it is declared in a way that changes its value" }, isExported);
    const values = before?.values ?? [];
    if (values.length === 0) return scope;
    return { ...scope, variables: new Map(scope.variables).set(name, { values, exported: isExported || (before?.exported ?? false) }) };
  }
  const value = isOdd || plus === "+" ? { unknown: "it is declared in a way that changes its value" } : valueAfter(word, head.length);
  return setVariable(scope, name, value, isExported || (before?.exported ?? false));
}

function valueAfter(word: ShellWord, length: number): ShellValue {
  const array = arrayValues.get(word);
  if (array !== undefined) return array;
  if (word.value !== undefined) return word.value.slice(length);
  const pieces = word.pieces.map((piece, at) => (at === 0 ? { ...piece, text: piece.text.slice(length) } : piece));
  return { like: { ...word, pieces, prefix: word.prefix.slice(length), ifUnset: word.ifUnset?.slice(length) } };
}

export function unsetVariables(call: Call): Outcome {
  const words = call.command.argv.slice(1);
  const isFunction = words.some((word) => word.value === "-f");
  let { scope } = call;
  for (const word of words) {
    const name = word.value;
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) continue;
    if (isFunction || (!scope.variables.has(name) && scope.functions.has(name))) {
      const functions = new Map(scope.functions);
      functions.delete(name);
      scope = { ...scope, functions };
    } else scope = setVariable(scope, name, null, false);
  }
  return succeed(scope);
}
