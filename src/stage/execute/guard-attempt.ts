import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Decision, PolicyAgent, ToolCall } from "../../contract/policy.ts";
import type { Cause, Ticket } from "../../contract/ticket.ts";
import type { BoxResult } from "../../port/box.ts";
import { type Slot, treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";

export type Denial = Extract<Decision, { decision: "deny" }>;

/** One attempt, with the guards between its executor and the tool box. */
export interface GuardedAttempt {
  /** Runs what the guards let through; what they refuse ends with 126 and their words, and runs nowhere. */
  readonly slot: Slot;
  /** Asks about a call of the executor's; a refusal is written to the log. */
  ask(call: ToolCall): Promise<Decision>;
  /** Every refusal so far, in order. */
  readonly refusals: readonly { readonly tool: string; readonly denial: Denial }[];
}

/** As a shell says of a command that may not be run. */
const refusedExit = 126;

/** An executor that is refused this often is not confused: it is stopped, whatever it hands in (T10). */
export const refusalsMax = 10;

/** Kept one by one in the log; an executor in a loop must not fill it. */
const loggedMax = 1000;
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
  const refusals: GuardedAttempt["refusals"][number][] = [];

  const ask = async (call: ToolCall): Promise<Decision> => {
    const { mounts } = await slot.show({ writable: true });
    const tree = mounts.find(({ to }) => to === treeInBox)?.from;
    const decision = world.guard.judge({ agent, call, ...(tree === undefined ? {} : { tree }) });
    if (decision.decision === "deny") {
      refusals.push({ tool: call.tool, denial: decision });
      if (refusals.length <= loggedMax) await logDenial(world, { ticket, agent, call, denial: decision });
    }
    return decision;
  };

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

async function logDenial(
  world: World,
  { ticket, agent, call, denial }: { ticket: Ticket; agent: PolicyAgent; call: ToolCall; denial: Denial },
): Promise<void> {
  const { guard, rule, reason, remedy } = denial;
  await world.store.write((tx) =>
    tx.append({
      kind: "guard.denied",
      domain: ticket.domain,
      ticket: ticket.id,
      actor: `worker:${world.worker.id}`,
      authority: guard,
      reason: reason.slice(0, textMax),
      data: {
        ...{ guard, rule, tool: call.tool, reason: reason.slice(0, textMax), remedy: remedy.slice(0, textMax) },
        agent: { client: agent.client, role: agent.role },
        input: JSON.stringify(call.input).slice(0, textMax),
        by: "mos",
      },
    }),
  );
}
