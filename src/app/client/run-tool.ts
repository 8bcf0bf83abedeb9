import type { Decision, ToolCall } from "../../contract/policy.ts";
import type { BoxResult } from "../../port/box.ts";
import type { RelayTool } from "../../port/relay.ts";
import { type Slot, treeInBox } from "../../port/slot.ts";

const commandCharsMax = 65_536;
const answerCharsMax = 60_000;

/** One call of `run`, for the record. */
export interface RunCall {
  readonly command: string;
  readonly decision: Decision;
  /** Absent when it did not run. */
  readonly exitCode?: number | null;
  readonly endedBy?: BoxResult["endedBy"];
  readonly ms?: number;
}

/**
 * The `run` tool: a command of a client's goes through the guards into the tool box, on the same tree. Bound to its slot;
 * one command at a time, as one shell would have it.
 */
export function makeRunTool(args: {
  slot: Slot;
  writable: boolean;
  readOnly: readonly string[];
  /** Of one command. */
  wallMs: number;
  decide: (call: ToolCall) => Promise<Decision>;
  /** What is told to the model has no secret in it. */
  hide: (text: string) => string;
  onCall: (call: RunCall) => void;
}): RelayTool {
  let before: Promise<unknown> = Promise.resolve();

  const runOne = async (command: string, signal: AbortSignal) => {
    const decision = await args.decide({ tool: "mcp__mos__run", input: { command }, cwd: treeInBox });
    if (decision.decision === "deny") {
      args.onCall({ command, decision });
      return { text: `${decision.guard} ${decision.rule}: ${decision.reason} ${decision.remedy}`, isError: true };
    }
    signal.throwIfAborted();
    const result = await args.slot.run({ command, wallMs: args.wallMs, writable: args.writable, readOnly: args.readOnly, signal });
    args.onCall({ command, decision, exitCode: result.exitCode, endedBy: result.endedBy, ms: result.ms });
    return { text: args.hide(describeResult(result)), isError: result.exitCode !== 0 };
  };

  return {
    name: "run",
    description:
      "Runs a shell command (sh -c) in the sandbox of this ticket, at the root of its tree. No network; the tree alone is kept. " +
      "Gives what it printed and its exit code.",
    inputSchema: {
      type: "object",
      properties: { command: { type: "string", description: "the command, for sh -c" } },
      required: ["command"],
      additionalProperties: false,
    },
    async call(input, signal) {
      const command = readCommand(input);
      if (command === undefined)
        return { text: `run takes { "command": "…" }, a text of at most ${commandCharsMax} characters.`, isError: true };
      const mine = before.catch(() => undefined).then(() => runOne(command, signal));
      before = mine;
      return mine;
    },
  };
}

function readCommand(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const { command, ...rest } = input as Record<string, unknown>;
  if (typeof command !== "string" || command === "" || command.length > commandCharsMax || command.includes("\0")) return undefined;
  return Object.keys(rest).length === 0 ? command : undefined;
}

function describeResult({ stdout, stderr, exitCode, endedBy }: BoxResult): string {
  const end = exitCode === null ? `ended by ${endedBy}` : `exit code ${exitCode}`;
  const text = [stdout, stderr === "" ? "" : `stderr:\n${stderr}`, end].filter((part) => part !== "").join("\n");
  return text.length <= answerCharsMax ? text : `${text.slice(0, answerCharsMax / 2)}\n[…]\n${text.slice(-answerCharsMax / 2)}`;
}
