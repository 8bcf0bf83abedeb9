import { applyBuiltin } from "./builtin/apply-builtin.ts";
import { isAlwaysOk } from "./builtin/list-builtins.ts";
import { assign, type Call, enter, nameProgram, note, quoteWord } from "./call.ts";
import { computeOutput } from "./compute-output.ts";
import { makeLiteral } from "./field-builder.ts";
import { addCommand, either, type Frame, type Outcome, type Writable } from "./reader.ts";
import { runFunction } from "./run-function.ts";
import type { ShellAssignment, ShellCommand, ShellInput, ShellRedirect, ShellWord } from "./shell-reading.ts";
import type { ShellScope, ShellValue } from "./shell-scope.ts";
import { runVariables } from "./wrapper/run-variables.ts";
import { unwrap } from "./wrapper/unwrap.ts";

/** A simple command whose words are expanded. */
export interface CommandRun {
  readonly text: string;
  readonly argv: readonly ShellWord[];
  readonly assignments: readonly ShellAssignment[];
  /** Given by a wrapper: `env X=1`. */
  readonly environment: readonly ShellAssignment[];
  readonly redirects: readonly ShellRedirect[];
  readonly input: ShellInput | undefined;
  /** Found as a program only: neither function nor builtin of this shell. */
  readonly isProgram: boolean;
}

/** Writes the command into the reading, follows what it runs, and says what holds after it. */
export function runCommand(frame: Frame, run: CommandRun, scope: ShellScope): Outcome {
  const command = addCommand(frame.reader, draftCommand(frame, run, scope));
  const withAssignments = run.assignments.reduce((at, { name, value }) => assign(at, name, value), scope);
  const call: Call = { frame, scope: run.argv.length > 0 ? withAssignments : scope, command };
  runVariables(call, [...run.environment, ...run.assignments]);
  if (run.argv.length === 0) return { ...either(withAssignments, ""), fail: hasSubstitution(run) ? withAssignments : undefined };
  const outcome = dispatch(call, run);
  const output = writesElsewhere(run.redirects) ? "" : outcome.output;
  if (run.assignments.length === 0) return output === outcome.output ? outcome : { ...outcome, output };
  return { ok: restore(outcome.ok, scope, run), fail: restore(outcome.fail, scope, run), output };
}

function draftCommand(frame: Frame, run: CommandRun, scope: ShellScope): Writable<ShellCommand> {
  return {
    index: frame.reader.commands.length,
    text: run.text.slice(0, 200),
    program: nameProgram(run.argv[0]),
    argv: run.argv,
    assignments: run.assignments,
    environment: listEnvironment(run, scope),
    redirects: run.redirects,
    input: run.input,
    places: scope.places,
    via: frame.via,
    inSubstitution: frame.inSubstitution,
    feeds: [],
    isFunction: false,
    code: [],
    opaque: [],
  };
}

function listEnvironment(run: CommandRun, scope: ShellScope): readonly ShellAssignment[] {
  const own = run.environment.length === 0 ? run.assignments : [...run.environment, ...run.assignments];
  const exported: ShellAssignment[] = [];
  for (const [name, variable] of scope.variables) {
    if (!variable.exported || own.some((assignment) => assignment.name === name)) continue;
    for (const value of variable.values) exported.push({ name, value: wordOf(name, value) });
  }
  return exported.length === 0 ? own : [...exported, ...own];
}

function wordOf(name: string, value: ShellValue): ShellWord {
  if (typeof value === "string") return makeLiteral(value, value);
  if (value !== null && "like" in value) return value.like;
  const text = Array.isArray(value) ? value.filter((item) => item !== undefined).join(" ") : undefined;
  if (text !== undefined) return makeLiteral(text, text);
  return { ...makeLiteral(`$${name}`, ""), value: undefined, pieces: [{ kind: "unknown", text: `$${name}` }], opaque: "it is not known" };
}

function hasSubstitution(run: CommandRun): boolean {
  return run.assignments.some(({ value }) => value.text.includes("$(") || value.text.includes("`"));
}

/** `IFS=: read x` leaves IFS as it was. */
function restore(after: ShellScope | undefined, before: ShellScope, run: CommandRun): ShellScope | undefined {
  if (after === undefined) return undefined;
  const variables = new Map(after.variables);
  for (const { name } of run.assignments) {
    const old = before.variables.get(name);
    if (old === undefined) variables.delete(name);
    else variables.set(name, old);
  }
  return { ...after, variables };
}

function writesElsewhere(redirects: readonly ShellRedirect[]): boolean {
  return redirects.some(
    ({ operator, descriptor }) =>
      (/^(>|>>|>\||<>|>&)$/.test(operator) && (descriptor === 1 || (descriptor === undefined && operator !== "<>"))) ||
      operator.startsWith("&"),
  );
}

function dispatch(call: Call, run: CommandRun): Outcome {
  const { command, scope } = call;
  const { program } = command;
  if (program === undefined) note(call, "which program it runs is not known");
  const name = run.isProgram ? undefined : command.argv[0]?.value;
  if (name !== undefined && scope.aliases.has(name)) runAlias(call, name);
  const functions = name === undefined ? undefined : scope.functions.get(name);
  if (functions !== undefined) return runFunction(call, functions);
  const builtin = name === undefined ? undefined : applyBuiltin(call, name);
  if (builtin !== undefined) return builtin;
  unwrap(call);
  const output = computeOutput(call);
  if (program !== undefined && isAlwaysOk(program)) return { ok: scope, fail: undefined, output };
  return program === "false" ? { ok: undefined, fail: scope, output: "" } : either(scope, output);
}

/** Aliases act in interactive shells only; what they would run is read all the same. */
function runAlias(call: Call, name: string): void {
  const isInside = call.frame.via.some((via) => via.kind === "alias" && via.by === name);
  if (isInside) return;
  const rest = call.command.argv.slice(1).map((word) => quoteWord(word));
  call.frame.reader.walkText(enter(call, "alias", name), [call.scope.aliases.get(name), ...rest].join(" "), call.scope);
}
