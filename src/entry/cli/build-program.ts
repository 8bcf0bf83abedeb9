import { Argument, Command as Commander, type CommanderError, Option } from "commander";
import { exitCode, MosError } from "../../contract/error.ts";
import type { ArgumentRow, CommandRow, OptionRow } from "./command-row.ts";
import { registry } from "./registry/registry.ts";

/** What stands on the command line besides a command's own arguments. */
export interface GlobalOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly input: boolean;
  readonly color: boolean;
}

/** A command line that was understood: which row, and its arguments and options by name, as text. */
export interface Call {
  readonly row: CommandRow;
  readonly globals: GlobalOptions;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The program as commander knows it, made from the registry. `call` gets what was parsed. */
export function buildProgram(args: { version: string; call: (call: Call) => Promise<void> }): Commander {
  const program = new Commander("mos")
    .description("Run many domains of work in parallel, with promises held by structure.")
    .version(args.version, "-V, --version", "print the version")
    .option("--workspace <DIR>", "the workspace (default: the nearest folder with a mos.yaml)")
    .option("--json", "data as one JSON envelope on stdout")
    .option("--no-input", "never ask; fail naming the option to give instead")
    .option("--no-color", "no colours (NO_COLOR does the same)")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride();
  program.configureHelp({ showGlobalOptions: false, subcommandTerm: (command) => command.name() });
  const groups = new Map<string, Commander>();
  for (const row of registry) addRow({ program, groups, row, call: args.call });
  return program;
}

/** Words before a nested command: `ticket` of `ticket new`. */
const groupSummaries: Readonly<Record<string, string>> = {
  domain: "the domains of this workspace",
  ticket: "pieces of work",
  gate: "what the gate does and did",
  sandbox: "the box that tickets run in",
  review: "claims that wait for your word",
  wiki: "the wikis of the domains",
  note: "research notes",
  log: "the log of everything",
  lane: "the landing lane of a repository",
  demo: "demo workspaces",
  daemon: "the resident process",
  playbook: "chores that need no model",
  guard: "the guards in a client's own settings",
  rhythm: "turns by the machine's own clock",
  role: "what each role is told",
};

function addRow(args: { program: Commander; groups: Map<string, Commander>; row: CommandRow; call: (call: Call) => Promise<void> }): void {
  const { program, groups, row } = args;
  const words = row.path.split(" ");
  const name = words.at(-1) as string;
  let parent = program;
  if (words.length > 1) {
    const group = words[0] as string;
    parent = groups.get(group) ?? addGroup({ program, name: group, heading: row.group });
    groups.set(group, parent);
  }
  const command = parent
    .command(name)
    .description(row.summary)
    .helpGroup(words.length > 1 ? "Commands:" : row.group);
  // `log` is a command and a group: what `log verify` hangs on is the command itself.
  if (words.length === 1) groups.set(name, command);
  for (const argument of row.args ?? []) command.addArgument(makeArgument(argument));
  for (const option of row.options ?? []) command.addOption(makeOption(option));
  if (row.examples !== undefined)
    command.addHelpText("after", `\nExamples:\n${row.examples.map((example) => `  $ ${example}`).join("\n")}`);
  command.action(async () => {
    const positional = Object.fromEntries((row.args ?? []).map((argument, at) => [argument.name, command.processedArgs[at]]));
    // Commander gives an option that the outer command has too (`demo clean --dir D`) to the outer one.
    const declared = new Set((row.options ?? []).map((option) => camelCase(option.name)));
    const named = { ...(parent === program ? {} : parent.opts()), ...command.opts() };
    const own = Object.fromEntries(Object.entries(named).filter(([key]) => declared.has(key)));
    await args.call({ row, globals: program.opts(), input: withoutUndefined({ ...positional, ...own }) });
  });
}

function addGroup(args: { program: Commander; name: string; heading: string }): Commander {
  const nested = registry.flatMap(({ path }) => (path.startsWith(`${args.name} `) ? [path.slice(args.name.length + 1)] : []));
  return args.program
    .command(args.name)
    .description(`${groupSummaries[args.name] ?? ""}: ${nested.join(", ")}`)
    .helpGroup(args.heading);
}

function makeArgument(row: ArgumentRow): Argument {
  const shown = `${row.name}${row.variadic === true ? "..." : ""}`;
  const argument = new Argument(row.optional === true ? `[${shown}]` : `<${shown}>`, row.summary);
  return row.choices === undefined ? argument : argument.choices(row.choices);
}

function makeOption(row: OptionRow): Option {
  const value = row.value === undefined ? "" : ` <${row.value}${row.variadic === true ? "..." : ""}>`;
  const option = new Option(`--${row.name}${value}`, row.summary);
  if (row.choices !== undefined) option.choices(row.choices);
  return row.required === true ? option.makeOptionMandatory() : option;
}

function withoutUndefined(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** `max-parallel` → `maxParallel`, as commander does. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Commander's complaint as a usage error; its suggestion becomes the hint. */
export function toUsageError(error: CommanderError, path: string): MosError {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = rest.join(" ").replace(/^\((.*)\)$/, "$1");
  const help = `Run \`${`mos ${path}`.trim()} --help\` to see what there is.`;
  return new MosError({
    code: "usage",
    message: `${first.charAt(0).toUpperCase()}${first.slice(1)}${first.endsWith(".") ? "" : "."}`,
    hint: suggestion === "" ? help : `${suggestion} ${help}`,
    exit: exitCode.usage,
  });
}
