import type { ChoreArgs } from "../../core/chore/chore.ts";

export type ParsedArgs =
  | { readonly kind: "call"; readonly verb: "find" | "fix" | "check"; readonly chores: readonly string[]; readonly args: ChoreArgs }
  | { readonly kind: "wrong"; readonly reason: string };

/** `<verb> <chore>[,<chore>…] [--name [value] | --name=value]… [-- <target>…]`. What follows `--` is never an option, whatever it looks like. */
export function parseChoreArgs(argv: readonly string[]): ParsedArgs {
  const [verb, names, ...rest] = argv;
  if (verb !== "find" && verb !== "fix" && verb !== "check") return { kind: "wrong", reason: "the first word is find, fix or check" };
  if (names === undefined || !/^[a-z][a-z0-9-]*(,[a-z][a-z0-9-]*)*$/.test(names))
    return { kind: "wrong", reason: "the second word names a chore" };
  const border = rest.indexOf("--");
  const before = border === -1 ? rest : rest.slice(0, border);
  const options: Record<string, string> = {};
  for (let at = 0; at < before.length; at += 1) {
    const [, name, given] = /^--([a-z][a-z-]*)(?:=(.*))?$/s.exec(before[at] ?? "") ?? [];
    if (name === undefined) return { kind: "wrong", reason: `${JSON.stringify(before[at])} is no option; paths come after --` };
    if (given !== undefined) {
      options[name] = given;
      continue;
    }
    const value = before[at + 1];
    options[name] = value === undefined || value.startsWith("--") ? "" : value;
    if (options[name] !== "") at += 1;
  }
  const targets = border === -1 ? [] : rest.slice(border + 1).filter((target) => target !== "");
  return { kind: "call", verb, chores: names.split(","), args: { options, targets } };
}
