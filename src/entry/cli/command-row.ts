import type { ZodType } from "zod";
import type { ExitCode } from "../../contract/error.ts";
import type { CommandContext } from "./command-context.ts";
import type { Paint } from "./show/paint.ts";

/** A positional argument: `name` is also its key in the command's input. */
export interface ArgumentRow {
  readonly name: string;
  readonly summary: string;
  readonly optional?: true;
  readonly variadic?: true;
  readonly choices?: readonly string[];
}

/** An option: `max-parallel` is written `--max-parallel <N>` and arrives as `maxParallel`. */
export interface OptionRow {
  readonly name: string;
  /** Placeholder of its value; without one it is a switch. */
  readonly value?: string;
  readonly summary: string;
  readonly variadic?: true;
  readonly required?: true;
  readonly choices?: readonly string[];
}

/**
 * One command as data. The program, its reference (docs/cli.md) and its completion are made from these rows; what a
 * row loads stays unloaded until the command is called, so `mos --help` costs no schema, no store and no git.
 */
export interface CommandRow {
  /** `ticket new`. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  /** What `data` of the JSON envelope holds, for the reference. */
  readonly gives: string;
  readonly args?: readonly ArgumentRow[];
  readonly options?: readonly OptionRow[];
  readonly examples?: readonly string[];
  readonly load: () => Promise<{ readonly command: Command }>;
}

export interface CommandResult<Data> {
  readonly data: Data;
  /** Default 0. One of the table's, or that of a command which ours ran. */
  readonly exit?: ExitCode | number;
  /** Already written as it came (a stream): nothing more is printed. */
  readonly printed?: true;
}

/** What a command file exports as `command`. */
export interface Command {
  /** `kind` of the JSON envelope. */
  readonly kind: string;
  /** Of arguments and options by name; a test holds its keys to the row's. */
  readonly input: ZodType;
  readonly run: (context: CommandContext, input: unknown) => Promise<CommandResult<unknown>>;
  /** For people; may return the empty string. */
  readonly render: (data: unknown, paint: Paint, input: unknown) => string;
}

/** Ties the types of input, data and rendering together, then forgets them for the registry. */
export function defineCommand<Input, Data>(command: {
  kind: string;
  input: ZodType<Input>;
  run: (context: CommandContext, input: Input) => Promise<CommandResult<Data>>;
  render: (data: Data, paint: Paint, input: Input) => string;
}): Command {
  return command as unknown as Command;
}
