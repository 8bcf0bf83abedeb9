import { CommanderError } from "commander";
import { wrapError } from "../../contract/envelope.ts";
import { exitCode } from "../../contract/error.ts";
import { buildProgram, toUsageError } from "./build-program.ts";
import { runCall } from "./run-call.ts";
import { makePaint, wantsColour } from "./show/paint.ts";
import { formatError } from "./show/show-error.ts";
import { escapeControl } from "./show/strip-control.ts";

/** Parses the command line, runs what it names, and gives the exit code. Prints everything there is to print. */
export async function runProgram(args: { argv: readonly string[]; version: string }): Promise<number> {
  endQuietlyWhenReaderLeaves();
  if (args.argv[0] === "complete") return answerCompletion(args);
  let code: number = exitCode.ok;
  const program = buildProgram({
    version: args.version,
    call: async (call) => {
      code = await runCall(call);
    },
  });
  // Commander's own words for an error are replaced by ours; help it prints itself.
  const quiet = { outputError: () => {} };
  program.configureOutput(quiet);
  for (const command of allCommands(program)) command.configureOutput(quiet).exitOverride();
  if (args.argv.length === 0) {
    process.stdout.write(program.helpInformation());
    return exitCode.ok;
  }
  try {
    await program.parseAsync(splitAtClaude(args.argv), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return showParseError(error, args.argv);
  }
  return code;
}

/** What stands after `claude` is for the client, but for the options that every command of ours takes. */
function splitAtClaude(argv: readonly string[]): string[] {
  let at = 0;
  while (argv[at]?.startsWith("-") === true) at += argv[at] === "--workspace" ? 2 : 1;
  const rest = argv.slice(at + 1);
  if (argv[at] !== "claude" || ["-h", "--help"].includes(rest[0] ?? "")) return [...argv];
  const ours: string[] = [];
  const theirs: string[] = [];
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] as string;
    if (word === "--workspace") ours.push(word, ...rest.slice(index + 1, ++index + 1));
    else if (/^--workspace=|^--(json|no-input|no-color)$/.test(word)) ours.push(word);
    else theirs.push(word);
  }
  return [...argv.slice(0, at), ...ours, "claude", "--", ...(theirs[0] === "--" ? theirs.slice(1) : theirs)];
}

function showParseError(error: CommanderError, argv: readonly string[]): number {
  if (error.exitCode === 0) return exitCode.ok;
  // A group without its command: commander has printed the group's help on stderr.
  if (error.code === "commander.help") return exitCode.usage;
  const usage = toUsageError(error, wordsOf(argv));
  if (argv.includes("--json")) process.stdout.write(`${escapeControl(JSON.stringify(wrapError(usage)))}\n`);
  else {
    const isTerminal = process.stderr.isTTY === true;
    const paint = makePaint(wantsColour({ env: process.env, isTerminal, noColour: argv.includes("--no-color") }));
    process.stderr.write(formatError(usage, paint));
  }
  return exitCode.usage;
}

/** The command's words, as far as the registry knows them, for the hint. */
function wordsOf(argv: readonly string[]): string {
  const words = argv.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith("-"));
  const program = buildProgram({ version: "", call: async () => {} });
  const first = program.commands.find((command) => command.name() === words[0]);
  if (first === undefined) return "";
  const second = first.commands.find((command) => command.name() === words[1]);
  return second === undefined ? first.name() : `${first.name()} ${second.name()}`;
}

function allCommands(program: ReturnType<typeof buildProgram>): ReturnType<typeof buildProgram>[] {
  return program.commands.flatMap((command) => [command as ReturnType<typeof buildProgram>, ...allCommands(command as never)]);
}

async function answerCompletion(args: { argv: readonly string[]; version: string }): Promise<number> {
  const { describeCompletion } = await import("./describe-completion.ts");
  describeCompletion(args.version).parse(args.argv.slice(args.argv[1] === "--" ? 2 : 1));
  return exitCode.ok;
}

/** `mos log | head` is no failure. */
function endQuietlyWhenReaderLeaves(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCode.ok);
    throw error;
  });
}
