import type { AndOr, ParsedScript, PipelineNode, Statement, Word, WordPart } from "unbash";
import type { FieldBuilder } from "./field-builder.ts";
import type { ShellCommand, ShellInput, ShellVia, ShellWord } from "./shell-reading.ts";
import type { ShellFunction, ShellScope } from "./shell-scope.ts";

/** One reading of one text: where commands are collected, and what bounds it. */
export interface Reader {
  readonly commands: Writable<ShellCommand>[];
  readonly env: Readonly<Record<string, string>>;
  /** Functions seen, and whether their body was read through a call. */
  readonly functions: Map<ShellFunction, { called: boolean; frame: Frame; scope: ShellScope }>;
  /** Grows with every step; see `spend`. */
  steps: number;
  // The rooms of the reader recurse into one another through these.
  readonly walkList: (frame: Frame, statements: readonly Statement[], scope: ShellScope) => Outcome;
  readonly walkNode: (frame: Frame, node: PipelineNode | AndOr, scope: ShellScope) => Outcome;
  readonly expandInto: (x: Expansion, builder: FieldBuilder, word: Word, mode: ExpandMode) => void;
  readonly expandParts: (x: Expansion, builder: FieldBuilder, parts: readonly WordPart[], mode: ExpandMode) => void;
  readonly walkScript: (frame: Frame, script: ParsedScript, scope: ShellScope) => Outcome;
  /** Parses a text that a command would run as shell, and walks it. */
  readonly walkText: (frame: Frame, text: string, scope: ShellScope) => Outcome;
  readonly runArgv: (frame: Frame, run: InnerRun, scope: ShellScope) => Outcome;
}

/** Where in the text the walk is. */
export interface Frame {
  readonly reader: Reader;
  /** What positions point into. */
  readonly source: string;
  readonly via: readonly ShellVia[];
  readonly inSubstitution: boolean;
  readonly input: ShellInput | undefined;
  /** Nested texts, substitutions and functions so far. */
  readonly depth: number;
  /** Scopes at `break` and `continue` of the loop around, at `return` of the function around. */
  readonly loopExits: ShellScope[] | undefined;
  readonly returns: ShellScope[] | undefined;
}

/** How a piece of text ends: the scope where it succeeds and where it fails; undefined where it cannot. */
export interface Outcome {
  readonly ok: ShellScope | undefined;
  readonly fail: ShellScope | undefined;
  /** What it prints, when that is known. */
  readonly output: string | undefined;
}

/** A command that another one runs. */
export interface InnerRun {
  readonly argv: readonly ShellWord[];
  readonly environment?: readonly { name: string; value: ShellWord }[];
  readonly input?: ShellInput | undefined;
  readonly text: string;
  /** False where functions and builtins of this shell are meant too: `command`, `builtin`. */
  readonly isProgram?: boolean;
}

/** The expansion of one command's words, under one choice of the values that its variables may have. */
export interface Expansion {
  readonly frame: Frame;
  /** Grows with `${x:=…}` and `$((x++))`. */
  scope: ShellScope;
  /** Which of its values each variable has this time. */
  readonly choices: ReadonlyMap<string, number>;
  /** Variables met that have several values, and how many. */
  readonly forks: Map<string, number>;
  /** The text that was parsed for a word that braces made; `a=~` in it is no assignment. */
  bracedText: string | undefined;
  /** Where commands inside substitutions stand. */
  inner(): Frame;
}

/**
 * `fields`: as an argument, split and with patterns. `one`: as an assignment's value, one argument whatever is in it.
 * `quoted`: inside double quotes of an argument, where `$@` is several. `text`: inside those of a value, or in a heredoc. `pattern`: as the right side of `case` and `${x%…}`.
 */
export type ExpandMode = "fields" | "one" | "quoted" | "text" | "pattern";

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

export const depthMax = 24;
const commandsMax = 2_000;
const stepsMax = 60_000;

/** Ends the reading: what cannot be read whole is denied. */
export class Unreadable extends Error {}

/** Counts work, so that no text costs more than a bounded time. */
export function spend(reader: Reader, steps = 1): void {
  reader.steps += steps;
  if (reader.steps > stepsMax) throw new Unreadable("the command takes too long to read");
}

export function addCommand(reader: Reader, command: Writable<ShellCommand>): Writable<ShellCommand> {
  if (reader.commands.length >= commandsMax) throw new Unreadable(`the command runs more than ${commandsMax} commands`);
  reader.commands.push(command);
  return command;
}

export function deeper(frame: Frame): Frame {
  if (frame.depth >= depthMax) throw new Unreadable("the command is nested too deeply");
  return { ...frame, depth: frame.depth + 1 };
}

/** Succeeds or fails with the same scope. */
export function either(scope: ShellScope, output?: string): Outcome {
  return { ok: scope, fail: scope, output };
}

export function succeed(scope: ShellScope, output = ""): Outcome {
  return { ok: scope, fail: undefined, output };
}
