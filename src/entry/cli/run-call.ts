import { setMaxListeners } from "node:events";
import type { ZodError } from "zod";
import type { Workspace } from "../../contract/config.ts";
import { wrapData, wrapError } from "../../contract/envelope.ts";
import { exitCode, MosError } from "../../contract/error.ts";
import { isOfOpenDomain } from "../../core/workspace/is-of-open-domain.ts";
import { mentionsSealed } from "../../core/workspace/mentions-sealed.ts";
import type { Progress } from "../../port/world.ts";
import type { OpenWorld } from "../compose.ts";
import { makeAsk } from "./ask.ts";
import { type Call, camelCase } from "./build-program.ts";
import type { CommandContext } from "./command-context.ts";
import type { Command } from "./command-row.ts";
import { makePaint, type Paint, wantsColour } from "./show/paint.ts";
import { formatError, toMosError } from "./show/show-error.ts";
import { makeProgressView, type ProgressView } from "./show/show-progress.ts";
import { escapeControl } from "./show/strip-control.ts";

/** Loads and runs one command, prints its data or its error, and gives the exit code. */
export async function runCall(call: Call): Promise<number> {
  const stop = listenForSignals();
  const face = makeFace(call, stop);
  try {
    const { command } = await call.row.load();
    const input = parseInput(command, call);
    face.see(input);
    const result = await command.run(face.context, input);
    face.progress.suspend();
    await face.close();
    if (result.printed !== true) printData({ command, input, data: result.data, json: face.context.json, paint: face.paint });
    return stop.exitCode ?? result.exit ?? exitCode.ok;
  } catch (thrown) {
    face.progress.suspend();
    await face.close().catch(() => {});
    const error = face.withhold(toMosError(thrown, stop.signal));
    printError({ error, json: face.context.json, paint: face.errorPaint });
    return stop.exitCode ?? error.exit;
  } finally {
    stop.remove();
  }
}

/** A program that calls `mos` on its own behalf says so; it gets no spinners and no questions. */
const agentMarks = ["CLAUDECODE", "CODEX_SANDBOX", "GEMINI_CLI", "OPENCODE", "CURSOR_AGENT", "AI_AGENT"];

function makeFace(call: Call, stop: StopSignal) {
  const json = call.globals.json === true;
  const env = process.env;
  const isAgent = agentMarks.some((mark) => (env[mark] ?? "") !== "");
  const paintFor = (isTerminal: boolean) => makePaint(wantsColour({ env, isTerminal, noColour: !call.globals.color }));
  const paint = paintFor(process.stdout.isTTY === true);
  const errorPaint = paintFor(process.stderr.isTTY === true);
  const isLive = process.stderr.isTTY === true && !isAgent && env.TERM !== "dumb" && (env.CI ?? "") === "";
  const progress = makeProgressView({
    mode: isLive ? "live" : json ? "silent" : "plain",
    sink: {
      write: (text) => process.stderr.write(text),
      get columns() {
        return process.stderr.columns || 80;
      },
    },
    paint: errorPaint,
    nowMs: () => performance.now(),
  });
  const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true && call.globals.input && !json && !isAgent;
  let opened: Promise<OpenWorld> | undefined;
  let seen: Workspace | undefined;
  let given: unknown;
  const open = async (at?: string): Promise<OpenWorld> => {
    const report = (told: Progress) => {
      if (!isAgent || mayTell(seen, told)) progress.report(told);
    };
    const made = await openWorldOnce({ context, report, ...(at === undefined ? {} : { at }) });
    seen = made.world.workspace;
    if (isAgent) (await import("../../app/narrow-world.ts")).refuseSealedInput(made.world, given);
    return made;
  };
  const context: CommandContext = {
    workspace: call.globals.workspace ?? (env.MOS_WORKSPACE || undefined),
    cwd: process.cwd(),
    json,
    interactive,
    signal: stop.signal,
    callerIsAgent: isAgent,
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    say: (text) => {
      if (json) return;
      progress.suspend();
      process.stderr.write(`${text}\n`);
    },
    openWorld: async () => (await context.openWorkspace()).world,
    openView: async () => {
      const world = await context.openWorld();
      return isAgent ? (await import("../../app/narrow-world.ts")).narrowWorld(world) : world;
    },
    openWorkspace: (at) => {
      opened ??= open(at);
      return opened;
    },
    openResident: async () => {
      const { composeResident } = await import("../compose.ts");
      return composeResident({ start: context.workspace ?? context.cwd, exact: context.workspace !== undefined });
    },
    openTools: async () => (await import("../compose.ts")).composeTools(),
    ask: makeAsk({ interactive, interrupt: stop.interrupt, suspend: progress.suspend, signal: stop.signal }),
  };
  const close = async () => {
    await (await opened?.catch(() => undefined))?.close();
  };
  return {
    ...{ context, progress, paint, errorPaint, close },
    see: (input: unknown) => {
      given = input;
    },
    withhold: (error: MosError) => (isAgent ? withholdError(seen, error) : error),
  };
}

/** Of sealed domains an agent is told nothing, while work goes on either (S27). */
function mayTell(workspace: Workspace | undefined, progress: Progress): boolean {
  return workspace === undefined ? progress.domain === undefined : isOfOpenDomain(workspace, progress);
}

/** What failed in a sealed domain is the operator's to see. */
function withholdError(workspace: Workspace | undefined, error: MosError): MosError {
  if (workspace === undefined || error.code === "domain-sealed") return error;
  if (!mentionsSealed(workspace, `${error.message}\n${error.hint}`)) return error;
  const message = "It has to do with a sealed domain.";
  return new MosError({ code: error.code, message, hint: "The operator sees what it is in a terminal of their own.", exit: error.exit });
}

async function openWorldOnce(args: { context: CommandContext; report: ProgressView["report"]; at?: string }): Promise<OpenWorld> {
  const { composeWorld } = await import("../compose.ts");
  return composeWorld({
    start: args.at ?? args.context.workspace ?? args.context.cwd,
    exact: (args.at ?? args.context.workspace) !== undefined,
    report: args.report,
    signal: args.context.signal,
  });
}

function parseInput(command: Command, call: Call): unknown {
  const parsed = command.input.safeParse(call.input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0] ?? "");
  const option = call.row.options?.find((row) => camelCase(row.name) === key);
  throw new MosError({
    code: "usage",
    message: `${option === undefined ? key : `--${option.name}`} ${describeInput(issue)}.`,
    hint: `Run \`mos ${call.row.path} --help\` to see what it takes.`,
    exit: exitCode.usage,
  });
}

/** What is wrong with a value, without the words of the schema's library. */
function describeInput(issue: ZodError["issues"][number] | undefined): string {
  switch (issue?.code) {
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    case "invalid_type":
      return issue.expected === "number" || issue.expected === "int" ? "must be a whole number" : "is missing or not of its kind";
    default:
      return `is not valid${issue === undefined ? "" : `: ${issue.message}`}`;
  }
}

function printData(args: { command: Command; input: unknown; data: unknown; json: boolean; paint: Paint }): void {
  if (args.json) {
    process.stdout.write(`${escapeControl(JSON.stringify(wrapData(args.command.kind, args.data)))}\n`);
    return;
  }
  const text = args.command.render(args.data, args.paint, args.input);
  if (text !== "") process.stdout.write(`${text}\n`);
}

function printError(args: { error: MosError; json: boolean; paint: Paint }): void {
  if (args.json) process.stdout.write(`${escapeControl(JSON.stringify(wrapError(args.error)))}\n`);
  else process.stderr.write(formatError(args.error, args.paint));
  if ((process.env.MOS_DEBUG ?? "") !== "") process.stderr.write(`${(args.error.cause as Error | undefined)?.stack ?? args.error.stack}\n`);
}

interface StopSignal {
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, as shells expect; 143 and 129 after the other two. */
  readonly exitCode: number | undefined;
  readonly interrupt: () => void;
  remove(): void;
}

/** The first signal asks the work to stop and clean up; a second Ctrl-C leaves at once. */
function listenForSignals(): StopSignal {
  const controller = new AbortController();
  // Each process of each run listens; as many as run at once are no leak.
  setMaxListeners(0, controller.signal);
  const codes = { SIGINT: exitCode.interrupted, SIGTERM: 143, SIGHUP: 129 } as const;
  let code: number | undefined;
  const onSignal = (name: keyof typeof codes) => {
    if (code !== undefined) process.exit(codes[name]);
    code = codes[name];
    controller.abort(new MosError({ code: "interrupted", message: "Interrupted.", hint: "", exit: exitCode.interrupted }));
  };
  const names = Object.keys(codes) as (keyof typeof codes)[];
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    get exitCode() {
      return code;
    },
    interrupt: () => onSignal("SIGINT"),
    remove: () => {
      for (const name of names) process.removeListener(name, onSignal);
    },
  };
}
