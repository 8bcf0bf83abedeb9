import { performance } from "node:perf_hooks";
import type { CommandRun } from "../../contract/run.ts";
import type { AgentRuntime } from "../../port/agent.ts";
import type { BoxResult } from "../../port/box.ts";

const tailChars = 2000;
const summaryChars = 2000;
const typedLinesMax = 20;

/**
 * The embedded agent: runs the ticket's commands in order, in the tool box, and stops at the first that fails. No model.
 * May be repeated: each attempt begins from a clean tree.
 */
export function createPlaybookRuntime(): AgentRuntime {
  return {
    name: "playbook",
    canExecute: (ticket) =>
      ticket.run.length > 0
        ? { ok: true }
        : {
            ok: false,
            reason: `${ticket.id} asks for judgement: it has no commands to run`,
            clears: `a runtime with a model takes ${ticket.id}, or commands are filed with it`,
          },
    execute: async ({ ticket, slot, readOnly, wallMs, logBase, signal, onOutput }) => {
      const commands: CommandRun[] = [];
      const said: string[] = [];
      const endsAt = performance.now() + wallMs;
      for (const [index, command] of ticket.run.entries()) {
        const log = `${logBase}-${index + 1}.log`;
        const left = Math.max(1, endsAt - performance.now());
        const result = await slot.run({
          command,
          wallMs: left,
          writable: true,
          readOnly,
          logFile: log,
          signal,
          ...(onOutput ? { onOutput } : {}),
        });
        signal.throwIfAborted();
        said.push(result.stdout);
        commands.push({ name: `step-${index + 1}`, run: command, exitCode: result.exitCode, ms: result.ms, tail: tailOf(result), log });
        if (result.exitCode !== 0) {
          return {
            outcome: "failed",
            summary: `"${command}" ended with ${result.exitCode ?? result.endedBy}`,
            commands,
            left: ticket.run.slice(index),
          };
        }
      }
      const typed = readTypedLines(said.join("\n"));
      const summary = typed.Changed.length > 0 ? [...new Set(typed.Changed)].join("; ") : ticket.title;
      return { outcome: "done", summary: summary.slice(0, summaryChars), commands, decided: typed.Decision, learned: typed.Learned };
    },
  };
}

/**
 * What commands say of their work: lines `Changed: …`, `Decision: …` and `Learned: …` of their standard output, bounded.
 * Distillation reads the last two; what was changed becomes the report's summary.
 */
function readTypedLines(output: string): Record<"Changed" | "Decision" | "Learned", string[]> {
  const typed = { Changed: [], Decision: [], Learned: [] } as Record<"Changed" | "Decision" | "Learned", string[]>;
  for (const [, kind = "", text = ""] of output.matchAll(/^(Changed|Decision|Learned): (\S.{0,500})$/gm)) {
    const lines = typed[kind as keyof typeof typed];
    if (lines.length < typedLinesMax) lines.push(text.trim());
  }
  return typed;
}

/** The last of what a command printed, both streams. */
export function tailOf(result: BoxResult): string {
  return `${result.stdout}${result.stderr}`.slice(-tailChars);
}
