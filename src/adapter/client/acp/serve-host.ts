import type * as acp from "@agentclientprotocol/sdk";
import { RequestError } from "@agentclientprotocol/sdk";
import PQueue from "p-queue";
import type { Decision } from "../../../contract/policy.ts";
import type { ClientHost } from "../../../port/agent-client.ts";
import { quoteForShell } from "../quote-for-shell.ts";

const terminalsMax = 100;
/** Tool boxes at once: a server in one terminal does not keep files and other terminals waiting. */
const boxesMax = 4;
const outputCharsMax = 200_000;
const contentCharsMax = 4_000_000;

/**
 * Files and terminals for an agent that asks for them over the protocol. Each call goes to the guards, and then into the tool
 * box: no path of the agent's is ever opened outside it.
 */
export function serveHost(host: ClientHost, args: { cwd: string; writes: boolean; runs: boolean }) {
  const { cwd } = args;
  const terminals = new Map<string, Terminal>();
  let count = 0;
  const boxes = new PQueue({ concurrency: boxesMax });
  const over = new AbortController();
  const runFor = (command: Parameters<ClientHost["run"]>[0]) =>
    boxes.add(() => {
      over.signal.throwIfAborted();
      return host.run({ ...command, signal: command.signal ? AbortSignal.any([command.signal, over.signal]) : over.signal });
    });

  const allow = async (tool: string, input: Record<string, unknown>) => {
    const decision = await host.ask({ tool, input, cwd });
    if (decision.decision === "deny") throw refuse(decision);
  };
  const find = (id: string): Terminal => {
    const terminal = terminals.get(id);
    if (!terminal) throw RequestError.invalidParams(undefined, `there is no terminal ${id.slice(0, 60)}`);
    return terminal;
  };

  return {
    async readTextFile({ path, line, limit }: acp.ReadTextFileRequest): Promise<acp.ReadTextFileResponse> {
      await allow("Read", { file_path: path });
      const { exitCode, stdout, stderr, truncated } = await runFor({ command: 'cat -- "$MOS_PATH"', env: { MOS_PATH: path } });
      if (exitCode !== 0) throw RequestError.internalError(undefined, stderr.slice(0, 500));
      // Half of it would be written back as all of it.
      if (truncated) throw RequestError.internalError(undefined, "the file is too long to be read whole");
      return { content: pickLines(stdout, line ?? undefined, limit ?? undefined) };
    },
    async writeTextFile({ path, content }: acp.WriteTextFileRequest): Promise<acp.WriteTextFileResponse> {
      if (!args.writes) throw RequestError.internalError(undefined, "permission denied: this role writes no files");
      if (content.length > contentCharsMax) throw RequestError.invalidParams(undefined, `more than ${contentCharsMax} characters`);
      await allow("Write", { file_path: path, content });
      const command = 'mkdir -p -- "$(dirname -- "$MOS_PATH")" && cat > "$MOS_PATH"';
      const { exitCode, stderr } = await runFor({ command, env: { MOS_PATH: path }, input: content });
      if (exitCode !== 0) throw RequestError.internalError(undefined, stderr.slice(0, 500));
      return {};
    },
    async createTerminal(request: acp.CreateTerminalRequest): Promise<acp.CreateTerminalResponse> {
      if (!args.runs) throw RequestError.internalError(undefined, "permission denied: this role runs no commands");
      if (terminals.size >= terminalsMax) throw RequestError.internalError(undefined, `${terminalsMax} terminals are open: release some`);
      const command = writeCommand(request, cwd);
      await allow("Bash", { command });
      count += 1;
      const stop = new AbortController();
      const terminal: Terminal = {
        output: "",
        truncated: false,
        max: Math.min(request.outputByteLimit ?? outputCharsMax, outputCharsMax),
        stop,
        ended: undefined as never,
      };
      const start = () =>
        runFor({ command, env: readEnv(request.env), signal: stop.signal, onOutput: (text) => keep(terminal, text) }).then(
          ({ exitCode, endedBy }) => ({ exitCode, signal: endedBy === "exit" ? null : "SIGKILL" }),
          (error: unknown) => {
            keep(terminal, error instanceof Error ? error.message : String(error));
            return { exitCode: null, signal: "SIGKILL" };
          },
        );
      terminal.ended = start();
      void terminal.ended.then((exit) => {
        terminal.exit = exit;
      });
      const terminalId = `terminal-${count}`;
      terminals.set(terminalId, terminal);
      return { terminalId };
    },
    terminalOutput({ terminalId }: acp.TerminalOutputRequest): acp.TerminalOutputResponse {
      const { output, truncated, exit } = find(terminalId);
      return { output, truncated, ...(exit ? { exitStatus: exit } : {}) };
    },
    async waitForTerminalExit({ terminalId }: acp.WaitForTerminalExitRequest): Promise<acp.WaitForTerminalExitResponse> {
      return find(terminalId).ended;
    },
    killTerminal({ terminalId }: acp.KillTerminalRequest): acp.KillTerminalResponse {
      find(terminalId).stop.abort(new Error("the agent ended it"));
      return {};
    },
    releaseTerminal({ terminalId }: acp.ReleaseTerminalRequest): acp.ReleaseTerminalResponse {
      find(terminalId).stop.abort(new Error("the agent let it go"));
      terminals.delete(terminalId);
      return {};
    },
    /** What still runs is ended. */
    close(): void {
      over.abort(new Error("the run has ended"));
    },
  };
}

interface Terminal {
  output: string;
  truncated: boolean;
  readonly max: number;
  readonly stop: AbortController;
  ended: Promise<{ exitCode: number | null; signal: string | null }>;
  exit?: { exitCode: number | null; signal: string | null };
}

/** The end is kept: that is what the protocol asks for. */
function keep(terminal: Terminal, text: string): void {
  const whole = terminal.output + text;
  terminal.truncated ||= whole.length > terminal.max;
  terminal.output = terminal.max === 0 ? "" : whole.slice(-terminal.max);
}

/** A program with its arguments, or, where it comes alone and holds a space, a line for the shell. */
function writeCommand(request: acp.CreateTerminalRequest, cwd: string): string {
  const { command, args = [] } = request;
  const line = args.length === 0 && /\s/.test(command) ? command : quoteForShell([command, ...args]);
  return request.cwd === null || request.cwd === undefined || request.cwd === cwd
    ? line
    : `cd -- ${quoteForShell([request.cwd])} && ${line}`;
}

function readEnv(env: acp.CreateTerminalRequest["env"]): Record<string, string> {
  const named = (env ?? []).filter(
    ({ name }) => /^[A-Za-z_][A-Za-z0-9_]{0,60}$/.test(name) && !/^(PATH|HOME|IFS|ENV|BASH_ENV|LD_.*|GIT_.*|NODE_OPTIONS)$/.test(name),
  );
  return Object.fromEntries(named.map(({ name, value }) => [name, value]));
}

function pickLines(text: string, line: number | undefined, limit: number | undefined): string {
  if (line === undefined && limit === undefined) return text;
  const from = Math.max(0, (line ?? 1) - 1);
  return text
    .split("\n")
    .slice(from, limit === undefined ? undefined : from + limit)
    .join("\n");
}

function refuse({ guard, rule, reason, remedy }: Extract<Decision, { decision: "deny" }>): RequestError {
  return new RequestError(-32000, `${guard} ${rule}: ${reason} ${remedy}`);
}
