import { join } from "node:path";
import type { Domain, RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { Report } from "../../contract/run.ts";
import type { Cause, Ticket, Work } from "../../contract/ticket.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import type { AgentRuntime } from "../../port/agent.ts";
import type { Slot } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import { findGuardCauses, type GuardedAttempt, guardAttempt } from "./guard-attempt.ts";
import { playExecutor } from "./play-executor.ts";
import { takeRangeBack } from "./take-range-back.ts";

/** A stage's context, as far as work is done in it. */
export interface ExecuteArgs {
  readonly ticket: Ticket;
  readonly domain: Domain;
  readonly repo: RepoHandle;
  readonly signal: AbortSignal;
}

/**
 * Does the work of one attempt: a range of main that is taken back is made here; else by a model in its role where the ticket
 * names its runtime, or where it has no commands and configuration names one; else by the ticket's own commands.
 */
export async function executeTicket(world: World, args: ExecuteArgs): Promise<void> {
  const { ticket } = args;
  if (ticket.takesBack !== undefined) return takeRangeBack(world, { ...args, takesBack: ticket.takesBack });
  const named = Object.hasOwn(world.runtimes, ticket.runtime) ? world.runtimes[ticket.runtime] : undefined;
  if (Object.hasOwn(world.roleRuntimes, ticket.runtime)) return playExecutor(world, { ...args, runtime: ticket.runtime });
  const able = named?.canExecute(ticket) ?? explainNobody(ticket);
  if (named && able.ok) return runCommands(world, args, named);
  if (named?.name === "playbook" && world.roles.choose(ticket.role, ticket.domain)) return playExecutor(world, args);
  if (!able.ok) await blockTicket(world, ticket, [{ kind: "capability", clears: able.clears, ref: ticket.runtime }], able.reason);
}

/** What a person brought in is theirs to mend: the work is begun anew by adopting it again. */
function explainNobody({ id, runtime, domain }: Ticket): { ok: false; reason: string; clears: string } {
  if (runtime !== "operator")
    return { ok: false, reason: `there is no runtime ${runtime}`, clears: `the runtime ${runtime} is configured` };
  const clears = `who made it mends it on its branch, and adopts that anew: mos ticket withdraw ${id}, then mos ticket adopt BRANCH --domain ${domain}`;
  return { ok: false, reason: "it is a person's work, and no agent's to redo", clears };
}

/**
 * A clean slot at main's tip, the runtime in it with the guards before each command, everything that it left committed to
 * `refs/mos/work/<ticket>/<epoch>`, and the hand-in.
 *
 * A crash anywhere leaves the ticket `in_progress`; the next attempt has an epoch, a ref and a clean tree of its own.
 * May be repeated: only the hand-in changes the ticket, and it names its epoch.
 */
async function runCommands(world: World, { ticket, repo, signal }: ExecuteArgs, runtime: AgentRuntime): Promise<void> {
  await world.slots.withSlot({ repo, purpose: ticket.id, ticket: ticket.id, signal }, async (slot) => {
    const base = await world.git.at(repo.path).resolve(`refs/heads/${repo.branch}`);
    if (base === undefined) throw new Error(`${repo.lane} has no ${repo.branch}`);
    await slot.prepare(base);
    const attempt = guardAttempt(world, { ticket, slot });
    const outcome = await runtime.execute({
      ticket,
      slot: attempt.slot,
      ask: attempt.ask,
      readOnly: ticket.role === "executor" ? ["wiki"] : [],
      wallMs: world.workspace.config.limits.runSeconds * 1000,
      logBase: join(world.workspace.stateDir, "log", "ticket", ticket.id, `${ticket.epoch}-execute`),
      signal,
      onOutput: (text) => world.report({ stage: "execute", domain: ticket.domain, ticket: ticket.id, state: "update", text }),
    });
    await handIn(world, { ticket, repo, slot, base, outcome, refusals: attempt.refusals });
  });
}

async function handIn(
  world: World,
  args: {
    ticket: Ticket;
    repo: RepoHandle;
    slot: Slot;
    base: string;
    outcome: Awaited<ReturnType<World["runtimes"][string]["execute"]>>;
    refusals: GuardedAttempt["refusals"];
  },
): Promise<void> {
  const { ticket, repo, slot, base, outcome, refusals } = args;
  const message = `${ticket.title.replace(/\s+/g, " ")}\n\nTicket: ${ticket.id}\n`;
  const ref = `refs/mos/work/${ticket.id}/${ticket.epoch}`;
  const collected = outcome.refusal
    ? { kind: "refused" as const, cause: outcome.refusal }
    : await slot.collect({ message, ref }).catch((cause: unknown) => {
        if (cause instanceof MosError && refusedCodes.has(cause.code)) return { kind: "refused" as const, cause };
        throw cause;
      });
  const work: Work | undefined =
    collected.kind === "commit" ? { epoch: ticket.epoch, base, commit: collected.commit, tree: collected.tree } : undefined;
  const changed = work ? (await world.git.at(repo.path).changedPaths({ from: base, to: work.commit })).map((change) => change.path) : [];
  const report: Report = {
    id: `${ticket.id}/${ticket.epoch}`,
    ticket: ticket.id,
    epoch: ticket.epoch,
    runtime: ticket.runtime,
    at: world.clock.now(),
    outcome: outcome.outcome,
    summary: outcome.summary.slice(0, 4000),
    commands: outcome.commands.map((command) => ({ ...command, log: command.log.replace(`${world.workspace.stateDir}/`, "") })),
    changed,
    decided: [...(outcome.decided ?? [])],
    learned: [...(outcome.learned ?? [])],
    left: [...(outcome.left ?? [])],
  };
  const guarded = findGuardCauses(ticket, outcome.outcome, refusals);
  const causes = [
    ...guarded,
    ...(collected.kind === "refused" ? [refuseWork(ticket, collected.cause)] : []),
    ...(guarded.length > 0 || collected.kind === "refused" ? [] : findCauses(ticket, outcome.outcome, work, outcome.summary)),
  ];
  const note = { actor: `worker:${world.worker.id}`, reason: report.summary };
  await world.store.write(async (tx) => {
    await tx.reports.put(report);
    if (causes.length > 0 || !work) await applyTransition(tx, ticket.id, { kind: "block", causes }, note);
    else await applyTransition(tx, ticket.id, { kind: "hand-in", work }, note);
  });
}

/** What the slot says of work that may not be handed in as it is: the ticket's fault, not a crash. */
const refusedCodes = new Set(["work-refused", "work-too-large"]);

function refuseWork(ticket: Ticket, { message, hint }: { message: string; hint: string }): Cause {
  const clears = `the operator withdraws it (mos ticket withdraw ${ticket.id}) and files it anew. ${hint}`;
  return { kind: "guard", ref: "hand-in", clears, detail: message.slice(0, 500) };
}

function findCauses(ticket: Ticket, outcome: "done" | "failed", work: Work | undefined, summary: string): Cause[] {
  if (outcome === "failed") {
    return [
      {
        kind: "check",
        ref: "execute",
        clears: `the operator looks at mos ticket show ${ticket.id}, then: mos ticket unblock ${ticket.id}`,
        detail: summary.slice(0, 500),
      },
    ];
  }
  if (work) return [];
  return [
    {
      kind: "no-progress",
      ref: "empty",
      clears: `the operator withdraws it (mos ticket withdraw ${ticket.id}), or unblocks it when there is something to change`,
      detail: "its commands ran and changed nothing",
    },
  ];
}

async function blockTicket(world: World, ticket: Ticket, causes: Cause[], reason: string): Promise<void> {
  await world.store.write((tx) => applyTransition(tx, ticket.id, { kind: "block", causes }, { actor: "mos", reason }));
}
