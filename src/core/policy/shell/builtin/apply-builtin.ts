import { type Call, note } from "../call.ts";
import { changeFolder, returnTo } from "../change-folder.ts";
import { either, type Outcome, succeed } from "../reader.ts";
import type { ShellWord } from "../shell-reading.ts";
import { type ShellScope, setVariable } from "../shell-scope.ts";
import { readScript, runText, textOf } from "../wrapper/run-text.ts";
import { declareVariables, unsetVariables } from "./declare-variables.ts";
import { readInput } from "./read-input.ts";
import { setOptions } from "./set-options.ts";

/** What a builtin of the shell changes; undefined when the name is none that changes anything. */
export function applyBuiltin(call: Call, name: string): Outcome | undefined {
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  return builtin?.(call);
}

const builtins: Readonly<Record<string, (call: Call) => Outcome | undefined>> = {
  cd: applyCd,
  pushd: applyPushd,
  popd: applyPopd,
  export: (call) => declareVariables(call, { exported: true }),
  declare: (call) => declareVariables(call, {}),
  typeset: (call) => declareVariables(call, {}),
  local: (call) => declareVariables(call, {}),
  readonly: (call) => declareVariables(call, {}),
  unset: unsetVariables,
  set: setOptions,
  shift: applyShift,
  read: readInput,
  mapfile: readInput,
  readarray: readInput,
  getopts: readInput,
  printf: applyPrintf,
  let: applyLet,
  eval: applyEval,
  source: applySource,
  ".": applySource,
  trap: applyTrap,
  alias: applyAlias,
  exit: () => ended,
  logout: () => ended,
  return: ({ frame, scope }) => leave(frame.returns, scope),
  break: ({ frame, scope }) => leave(frame.loopExits, scope),
  continue: ({ frame, scope }) => leave(frame.loopExits, scope),
  exec: applyExec,
  enable: noteLoading,
  hash: noteRenaming,
};

const ended: Outcome = { ok: undefined, fail: undefined, output: "" };

function leave(exits: ShellScope[] | undefined, scope: ShellScope): Outcome {
  if (exits === undefined) return either(scope, "");
  exits.push(scope);
  return ended;
}

/** The arguments of a builtin after its one-letter options. */
function operandsOf(call: Call): { options: string; operands: readonly ShellWord[] } {
  const words = call.command.argv.slice(1);
  let options = "";
  let at = 0;
  for (; at < words.length; at++) {
    const value = words[at]?.value;
    if (value === "--") return { options, operands: words.slice(at + 1) };
    if (value === undefined || !/^-[A-Za-z@]+$/.test(value)) break;
    options += value.slice(1);
  }
  return { options, operands: words.slice(at) };
}

function applyCd(call: Call): Outcome {
  const { options, operands } = operandsOf(call);
  const { scope } = call;
  const target = operands[0] ?? homeOf(call);
  if (target.value === "-") return goBack(call);
  const physical = options.includes("P") || (scope.options.physical && !options.includes("L"));
  const paths = scope.variables.get("CDPATH")?.values.filter((value) => typeof value === "string");
  return changeFolder({ scope, target, physical, cdPath: paths?.join(":") ?? call.frame.reader.env.CDPATH ?? "" });
}

function homeOf({ scope, frame }: Call): ShellWord {
  const value = scope.variables.get("HOME")?.values[0] ?? frame.reader.env.HOME;
  const text = typeof value === "string" ? value : undefined;
  return {
    text: "~",
    value: text,
    prefix: text ?? "",
    suffix: text ?? "",
    pieces: [{ kind: text === undefined ? "unknown" : "literal", text: text ?? "~" }],
    glob: undefined,
    ifUnset: text,
    many: false,
    opaque: text === undefined ? "the home folder is not known" : undefined,
  };
}

function goBack({ scope }: Call): Outcome {
  const values = scope.variables.get("OLDPWD")?.values ?? [undefined];
  return returnTo(
    scope,
    values.map((value) => ({ path: typeof value === "string" ? value : undefined, lacks: [] })),
  );
}

function applyPushd(call: Call): Outcome {
  const { operands } = operandsOf(call);
  const { scope } = call;
  const [target] = operands;
  if (target === undefined || /^[+-]\d+$/.test(target.value ?? "")) {
    const [top, ...rest] = scope.stack;
    if (top === undefined) return { ok: undefined, fail: scope, output: undefined };
    return { ...returnTo({ ...scope, stack: [scope.places, ...rest] }, [...top, ...rest.flat()].slice(0, 8)), output: undefined };
  }
  const moved = changeFolder({ scope: { ...scope, stack: [scope.places, ...scope.stack].slice(0, 16) }, target });
  return { ...moved, fail: moved.fail && { ...moved.fail, stack: scope.stack }, output: undefined };
}

function applyPopd({ scope, command }: Call): Outcome {
  const [top, ...rest] = scope.stack;
  if (top === undefined) return { ok: undefined, fail: scope, output: undefined };
  const isPlain = command.argv.length === 1;
  return {
    ...returnTo({ ...scope, stack: rest }, isPlain ? top : [...top, ...scope.places, ...rest.flat()].slice(0, 8)),
    output: undefined,
  };
}

function applyShift({ scope, command }: Call): Outcome {
  const count = command.argv[1] === undefined ? 1 : Number(command.argv[1].value);
  const items = scope.variables.get("@")?.values[0];
  if (!Array.isArray(items) || !Number.isSafeInteger(count))
    return succeed(setVariable(scope, "@", { unknown: "how many are shifted is not known" }));
  return count > items.length ? { ok: undefined, fail: scope, output: "" } : succeed(setVariable(scope, "@", items.slice(count)));
}

/** `printf -v name …` sets a variable; else it only prints. */
function applyPrintf(call: Call): Outcome | undefined {
  const { argv } = call.command;
  if (!argv[1]?.value?.startsWith("-v")) return undefined;
  const name = argv[1].value === "-v" ? argv[2]?.value : argv[1].value.slice(2);
  const from = argv[1].value === "-v" ? 3 : 2;
  const value = name && readScript(call, from);
  return name === undefined ? succeed(call.scope) : succeed(setVariable(call.scope, name, value ?? { unknown: "it is what printf makes" }));
}

function applyLet(call: Call): Outcome {
  const text = call.command.argv
    .slice(1)
    .map((word) => `((${word.value ?? "0"}))`)
    .join("; ");
  const isPlain = call.command.argv.every((word) => word.value !== undefined);
  if (!isPlain) note(call, "what it computes is not known");
  return runText(call, { kind: "eval", text, isKnown: isPlain, keepsScope: true });
}

function applyEval(call: Call): Outcome {
  const words = call.command.argv.slice(call.command.argv[1]?.value === "--" ? 2 : 1);
  const text = words.map(textOf).join(" ");
  return runText(call, { kind: "eval", text, isKnown: words.every((word) => word.opaque === undefined), keepsScope: true });
}

/** A file's commands are not here to read; those of a stream or of the input are. */
function applySource(call: Call): Outcome {
  const [file, ...rest] = call.command.argv.slice(1);
  const isInput = file?.value === "/dev/stdin" || file?.value === "/dev/fd/0" || file?.value === "/proc/self/fd/0";
  const piece = file?.pieces.length === 1 ? file.pieces[0] : undefined;
  const text = isInput ? call.command.input?.text : piece?.content;
  if (!isInput && piece?.kind !== "stream") return { ok: call.scope, fail: call.scope, output: undefined };
  const positional = rest.every((word) => word.value !== undefined)
    ? rest.map((word) => word.value)
    : { unknown: "the arguments are not known" };
  const inner = rest.length === 0 ? call : { ...call, scope: setVariable(call.scope, "@", positional) };
  return runText(inner, { kind: "eval", text: text ?? "", isKnown: text !== undefined, keepsScope: true });
}

function applyTrap(call: Call): Outcome {
  const { operands } = operandsOf(call);
  const [text] = operands;
  if (operands.length > 1 && text !== undefined && text.value !== "-" && text.value !== "")
    runText(call, { kind: "trap", text: text.value ?? text.pieces.map((piece) => piece.text).join(""), isKnown: text.value !== undefined });
  return succeed(call.scope);
}

function applyAlias({ command, scope }: Call): Outcome {
  const aliases = new Map(scope.aliases);
  for (const word of command.argv.slice(1)) {
    const at = word.value?.indexOf("=") ?? -1;
    if (at > 0 && word.value !== undefined) aliases.set(word.value.slice(0, at), word.value.slice(at + 1));
  }
  return { ...succeed(scope), ok: { ...scope, aliases } };
}

/** `exec CMD` takes the shell's place; `exec > file` only redirects. */
function applyExec(call: Call): Outcome | undefined {
  const { argv } = call.command;
  if (argv.length === 1) return succeed(call.scope);
  return undefined;
}

function noteLoading(call: Call): undefined {
  if (call.command.argv.some((word) => word.value === undefined || /^-[a-z]*f/.test(word.value)))
    note(call, "it loads code into the shell");
}

function noteRenaming(call: Call): Outcome | undefined {
  const { options, operands } = operandsOf(call);
  const [name] = operands.slice(-1);
  if (!options.includes("p") || name?.value === undefined || operands[0]?.value === undefined) return undefined;
  const aliases = new Map(call.scope.aliases).set(name.value, operands[0].value);
  return { ok: { ...call.scope, aliases }, fail: undefined, output: "" };
}
