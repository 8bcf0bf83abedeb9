import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { PolicyAgent } from "../../contract/policy.ts";
import type { Cause, Ticket } from "../../contract/ticket.ts";
import { refusalsMax } from "../../core/work/cause-of-failure.ts";
import type { BoxResult } from "../../port/box.ts";
import { type Slot, treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import { type Denial, type GuardedCalls, guardCalls } from "./guard-calls.ts";

/** One attempt, with the guards between its executor and the tool box. */
export interface GuardedAttempt extends GuardedCalls {
  /** Runs what the guards let through; what they refuse ends with 126 and their words, and runs nowhere. */
  readonly slot: Slot;
}

/** As a shell says of a command that may not be run. */
const refusedExit = 126;

const textMax = 500;

/** Puts the guards before every command and call of one attempt. */
export function guardAttempt(world: World, args: { ticket: Ticket; slot: Slot }): GuardedAttempt {
  const { ticket, slot } = args;
  const agent: PolicyAgent = {
    client: ticket.runtime,
    role: ticket.role,
    domain: ticket.domain,
    ticket: ticket.id,
    worktree: treeInBox,
    boxed: true,
  };
  const { ask, refusals } = guardCalls(world, { agent, slot, writable: true });
  return {
    ask,
    refusals,
    slot: {
      ...slot,
      run: async (run) => {
        const decision = await ask({ tool: "Bash", input: { command: run.command }, cwd: treeInBox });
        return decision.decision === "allow" ? slot.run(run) : refuse(decision, run.logFile);
      },
    },
  };
}

/**
 * Why a refused attempt waits: a chore stops at its first refusal, which is the failure; a model goes on after one, up to
 * `refusalsMax`.
 */
export function findGuardCauses(ticket: Ticket, outcome: "done" | "failed", refusals: GuardedAttempt["refusals"]): Cause[] {
  const last = refusals.at(-1);
  if (!last || (outcome === "done" && refusals.length < refusalsMax)) return [];
  const { guard, rule, reason, remedy } = last.denial;
  const more = refusals.length > 1 ? ` (${refusals.length} refusals; all of them: mos log --ticket ${ticket.id})` : "";
  return [
    {
      kind: "guard",
      ref: rule,
      clears: `the operator withdraws it (mos ticket withdraw ${ticket.id}) and files it anew without what was refused. ${remedy}`,
      detail: `${guard} ${rule}: ${reason}${more}`.slice(0, textMax),
    },
  ];
}

function refuse({ guard, rule, reason, remedy }: Denial, logFile: string | undefined): BoxResult {
  const stderr = `${guard} ${rule}: ${reason} ${remedy}\n`;
  if (logFile !== undefined) {
    mkdirSync(dirname(logFile), { recursive: true });
    appendFileSync(logFile, stderr);
  }
  return { exitCode: refusedExit, endedBy: "exit", stdout: "", stderr, truncated: false, ms: 0 };
}
