import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { Report } from "../../contract/run.ts";
import type { Cause, Ticket } from "../../contract/ticket.ts";
import { applyTransition, getTicket } from "../../core/ticket/apply-transition.ts";
import type { FailedPoint } from "../../core/ticket/file-successor.ts";
import { supersedeFailed } from "../../core/ticket/supersede-failed.ts";
import { judgeFailure } from "../../core/work/cause-of-failure.ts";
import { endWait, putOff } from "../../core/work/provider-wait.ts";
import type { RoleResult } from "../../port/roles.ts";
import type { World } from "../../port/world.ts";
import { findKeptWork, planStart } from "./find-kept-work.ts";
import { gatherInput } from "./gather-input.ts";
import { type KeptLeftovers, keepWork } from "./keep-work.ts";
import { forgetLeft, noteLeft, salvageWork } from "./salvage-work.ts";

type Result = RoleResult<Ticket["role"]>;

interface Attempt {
  readonly ticket: Ticket;
  readonly domain: Domain;
  readonly repo: RepoHandle;
  /** As the ticket names it; without one, whom configuration names. */
  readonly runtime?: string;
  readonly signal: AbortSignal;
}

/**
 * One attempt by a model, in its role. It begins with what earlier attempts kept, and whatever it leaves is kept again behind
 * `refs/mos/work/<ticket>/<epoch>`: also when it failed, was stopped, asks, or waits for its provider.
 *
 * A crash leaves the ticket `in_progress` and the tree in its slot, from which the next attempt takes it where nobody has used
 * the slot since; it has an epoch, a ref and a run of its own. What an attempt whose
 * epoch is no longer the ticket's came to changes nothing.
 */
export async function playExecutor(world: World, attempt: Attempt): Promise<void> {
  const { ticket, repo, domain, runtime, signal } = attempt;
  const ready = await world.roles.ready(ticket.role, ticket.domain, runtime);
  if (!ready.ok) {
    const { failure, reason, clears } = ready;
    await settle(world, attempt, { kind: "failed", failure, message: reason, clears }, { kind: "empty" });
    return;
  }
  await salvageWork(world, { ticket, repo });
  await world.slots.withSlot({ repo, purpose: ticket.id, ticket: ticket.id, signal }, async (slot) => {
    const git = world.git.at(repo.path);
    const main = await git.resolve(`refs/heads/${repo.branch}`);
    if (main === undefined) throw new Error(`${repo.lane} has no ${repo.branch}`);
    const start = await planStart(git, { main, kept: await findKeptWork(git, ticket) });
    await slot.prepare(start.commit);
    await noteLeft(world, { slot: slot.id, ticket, base: start.commit });
    const result: Result = await world.roles.play({
      role: ticket.role,
      domain: ticket.domain,
      ...(ticket.provenance.session === undefined ? {} : { session: ticket.provenance.session }),
      ticket: { id: ticket.id, epoch: ticket.epoch, ...(runtime === undefined ? {} : { runtime }) },
      input: await gatherInput(world, { ticket, domain, repo, start }),
      slot,
      readOnly: ticket.role === "executor" ? ["wiki"] : [],
      wallMs: world.workspace.config.limits.runSeconds * 1000,
      signal,
    });
    // From here on the tree is looked after here: what may not be kept must not be found by the next attempt either.
    await forgetLeft(world, slot.id);
    // A secret stands in the tree: not even an object of it may reach the repository.
    const hasSecret = result.kind === "failed" && (result.refusal !== undefined || result.failure === "secret");
    const left: KeptLeftovers = hasSecret ? { kind: "empty" } : await keepWork(world, { ticket, repo, slot, start });
    signal.throwIfAborted();
    await settle(world, attempt, result, left);
  });
}

/** Writes the report and what follows for the ticket, in one transaction. */
async function settle(world: World, { ticket, runtime }: Attempt, result: Result, left: KeptLeftovers): Promise<void> {
  const report = writeReport(world, { ticket, runtime, result, left });
  const note = { actor: `worker:${world.worker.id}`, reason: report.summary.slice(0, 500) };
  await world.store.write(async (tx) => {
    if ((await getTicket(tx, ticket.id)).epoch !== ticket.epoch) return;
    await tx.reports.put(report);
    const outcome = judgeResult(ticket, result, left);
    if (outcome.kind === "wait") return putOff(tx, { ticket, said: outcome.said, now: world.clock.now(), actor: note.actor });
    await endWait(tx, ticket.id);
    if (outcome.kind === "hand-in") await applyTransition(tx, ticket.id, { kind: "hand-in", work: outcome.work }, note);
    else if (outcome.kind === "block") await applyTransition(tx, ticket.id, { kind: "block", causes: outcome.causes }, note);
    else
      await supersedeFailed(tx, ticket.id, {
        failure: { findings: [outcome.finding], tree: left.kind === "work" ? left.work.tree : undefined },
        reworksMax: world.workspace.config.limits.reworks,
        sealedDomains: world.workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name),
        now: world.clock.now(),
        note,
      });
  });
}

type Outcome =
  | { readonly kind: "hand-in"; readonly work: NonNullable<Ticket["work"]> }
  | { readonly kind: "block"; readonly causes: readonly Cause[] }
  | { readonly kind: "fell-short"; readonly finding: FailedPoint }
  | { readonly kind: "wait"; readonly said: { readonly message: string; readonly retryAfterMs?: number | undefined } };

const questionChars = 2000;
const pointOfAttempt = "an attempt ends with finished work";

function judgeResult(ticket: Ticket, result: Result, left: KeptLeftovers): Outcome {
  if (left.kind === "refused") return { kind: "block", causes: [refuseWork(ticket, left)] };
  if (result.kind === "failed") {
    const judged = judgeFailure(ticket.id, { ...result, denied: result.run?.denied });
    if (judged.kind === "block") return { kind: "block", causes: [judged.cause] };
    if (judged.kind === "wait") return { kind: "wait", said: result };
    return fellShort(`the run ended with ${result.failure}: ${result.message}`);
  }
  const { outcome, summary, question, left: open } = result.output;
  if (outcome === "question") return { kind: "block", causes: [askOperator(ticket, question ?? summary)] };
  if (outcome === "failed") return fellShort([summary, ...open.map((text) => `Left: ${text}`)].join("\n"));
  if (left.kind === "work") return { kind: "hand-in", work: left.work };
  return {
    kind: "block",
    causes: [
      {
        kind: "no-progress",
        ref: "empty",
        clears: `the operator withdraws it (mos ticket withdraw ${ticket.id}), or unblocks it when there is something to change`,
        detail: "it says that it is done, and changed nothing",
      },
    ],
  };
}

function fellShort(evidence: string): Outcome {
  return { kind: "fell-short", finding: { point: pointOfAttempt, kind: "check", evidence } };
}

function askOperator(ticket: Ticket, question: string): Cause {
  const clears = `the operator answers: mos ticket answer ${ticket.id} --text "…"`;
  return { kind: "question", ref: "executor", clears, detail: question.slice(0, questionChars) };
}

function refuseWork(ticket: Ticket, { message, hint }: { message: string; hint: string }): Cause {
  const clears = `the operator withdraws it (mos ticket withdraw ${ticket.id}) and files it anew. ${hint}`;
  return { kind: "guard", ref: "hand-in", clears, detail: message.slice(0, 500) };
}

function writeReport(world: World, args: { ticket: Ticket; runtime: string | undefined; result: Result; left: KeptLeftovers }): Report {
  const { ticket, runtime, result, left } = args;
  const run = result.run?.id;
  const said =
    result.kind === "done"
      ? result.output
      : { outcome: "failed" as const, summary: `${result.failure}: ${result.message}`, decided: [], learned: [], left: [] };
  return {
    id: `${ticket.id}/${ticket.epoch}`,
    ticket: ticket.id,
    epoch: ticket.epoch,
    runtime: result.run?.runtime ?? runtime ?? ticket.runtime,
    ...(run === undefined ? {} : { run }),
    at: world.clock.now(),
    outcome: said.outcome,
    summary: said.summary.slice(0, 4000),
    commands: [],
    changed: left.kind === "work" ? [...left.changed] : [],
    decided: said.decided,
    learned: said.learned,
    left: said.left,
  };
}
