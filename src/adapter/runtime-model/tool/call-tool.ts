import { createHash } from "node:crypto";
import type { AgentTool } from "../../../contract/agent.ts";
import type { Decision, ToolCall } from "../../../contract/policy.ts";
import { digestOutcome } from "../../../core/run/digest-outcome.ts";
import type { BoxResult } from "../../../port/box.ts";
import type { Play, ToolOutcome } from "../../../port/role-runtime.ts";
import { treeInBox } from "../../../port/slot.ts";
import { handInTool, listOffered } from "./offer-tools.ts";
import { type ReadInput, readInput } from "./read-input.ts";
import { treeProgram } from "./tree-program.ts";

const answerCharsMax = 40_000;
const fileWallMs = 60_000;
const commandSeconds = 600;

interface Told {
  readonly text: string;
  readonly failed: boolean;
  readonly outcome?: ToolOutcome;
}

/**
 * One call of the model's: known and of its palette, of the right form, allowed by the guards, and only then done, in the
 * slot's tool box. Whatever is wrong with it is told to the model. Nothing of the host is touched by a path of the model's.
 */
export async function callTool(args: {
  call: { readonly name: string; readonly input: unknown; readonly invalid: boolean };
  play: Play;
  signal: AbortSignal;
  hide: (text: string) => string;
}): Promise<Told> {
  const { call, hide } = args;
  const { text, failed } = await answerCall(args);
  const shown = shorten(hide(text));
  return {
    text: shown,
    failed,
    outcome: digestOutcome({ tool: call.name.slice(0, 100), input: call.input, answer: shown, failed }, sha256),
  };
}

async function answerCall(args: Parameters<typeof callTool>[0]): Promise<{ text: string; failed: boolean }> {
  const { call, play, signal } = args;
  const offered = listOffered(play);
  const refuse = (text: string) => ({ text, failed: true });
  if (call.name === handInTool) return refuse(`${handInTool} takes one JSON object under its schema. Call it again.`);
  if (!offered.includes(call.name as AgentTool))
    return refuse(`There is no tool ${call.name.slice(0, 100)} here. There are: ${[...offered, handInTool].join(", ")}.`);
  const read = readInput(call.name as AgentTool, call.invalid ? undefined : call.input);
  if (read.kind === "wrong") return refuse(read.text);
  const decision = await play.ask(toPolicyCall(read));
  if (decision.decision !== "allow") return refuse(describeDenial(decision));
  signal.throwIfAborted();
  const result = await runInSlot(read, play, signal);
  signal.throwIfAborted();
  return read.tool === "run" ? { text: describeCommand(result), failed: result.exitCode !== 0 } : readProgramAnswer(result);
}

/** In the words that the guards know from clients: the same rules, the same paths. */
function toPolicyCall(read: Extract<ReadInput, { kind: "right" }>): ToolCall {
  const cwd = treeInBox;
  switch (read.tool) {
    case "run":
      return { tool: "mcp__mos__run", input: { command: read.input.command }, cwd };
    case "search":
      return { tool: "Grep", input: { pattern: read.input.pattern, path: read.input.path ?? "." }, cwd };
    case "read":
      return { tool: "Read", input: { file_path: read.input.path }, cwd };
    case "edit":
      return { tool: "Edit", input: { file_path: read.input.path, old_string: read.input.old, new_string: read.input.new }, cwd };
    case "write":
      return { tool: "Write", input: { file_path: read.input.path, content: read.input.content }, cwd };
  }
}

function runInSlot(read: Extract<ReadInput, { kind: "right" }>, play: Play, signal: AbortSignal): Promise<BoxResult> {
  const { slot, writable, readOnly, limits } = play;
  if (read.tool === "run") {
    const wallMs = Math.min(limits.wallMs, (read.input.seconds ?? commandSeconds) * 1000);
    return slot.run({ command: read.input.command, wallMs, writable, readOnly, signal });
  }
  const mayWrite = read.tool === "edit" || read.tool === "write";
  return slot.run({
    command: 'exec node --input-type=commonjs -e "$MOS_TREE_PROGRAM"',
    env: { MOS_TREE_PROGRAM: treeProgram },
    input: JSON.stringify({ tool: read.tool, ...read.input }),
    wallMs: Math.min(limits.wallMs, fileWallMs),
    writable: writable && mayWrite,
    readOnly,
    signal,
  });
}

function readProgramAnswer(result: BoxResult): { text: string; failed: boolean } {
  try {
    const { ok, text } = JSON.parse(result.stdout) as { ok?: unknown; text?: unknown };
    if (typeof text === "string") return { text, failed: ok !== true };
  } catch {
    // Said below.
  }
  const why = result.endedBy === "exit" ? result.stderr.trim().slice(-300) : `it was ended by ${result.endedBy}`;
  return { text: `The tool failed: ${why}`, failed: true };
}

function describeDenial({ guard, rule, reason, remedy }: Extract<Decision, { decision: "deny" }>): string {
  return `${guard} ${rule}: ${reason} ${remedy}`;
}

function describeCommand({ stdout, stderr, exitCode, endedBy }: BoxResult): string {
  const end = exitCode === null ? `ended by ${endedBy}` : `exit code ${exitCode}`;
  return [stdout, stderr === "" ? "" : `stderr:\n${stderr}`, end].filter((part) => part !== "").join("\n");
}

function shorten(text: string): string {
  if (text.length <= answerCharsMax) return text;
  return `${text.slice(0, answerCharsMax / 2)}\n[…]\n${text.slice(-answerCharsMax / 2)}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
