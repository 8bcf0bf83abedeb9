import type { AgentRun } from "../../contract/agent.ts";
import type { RepoHandle } from "../../contract/config.ts";
import type { Verdict } from "../../contract/run.ts";
import type { Cause, Ticket, Work } from "../../contract/ticket.ts";
import { tellWiki, wikiTokensMax } from "../../core/search/tell-wiki.ts";
import { applyTransition, getTicket } from "../../core/ticket/apply-transition.ts";
import { judgeFailure } from "../../core/work/cause-of-failure.ts";
import { judgePoints } from "../../core/work/judge-points.ts";
import { endWait, putOff } from "../../core/work/provider-wait.ts";
import { splitFindings } from "../../core/work/split-findings.ts";
import { tellTask } from "../../core/work/write-task.ts";
import type { RoleInput, RoleResult } from "../../port/roles.ts";
import type { World } from "../../port/world.ts";

/** A verifier that died, hung or flooded says nothing of the work: it is asked once more before the operator is. */
const playsMax = 2;
const diffBytesMax = 120_000;
const pathsShown = 300;

interface VerifierArgs {
  readonly ticket: Ticket;
  readonly repo: RepoHandle;
  readonly work: Work;
  readonly signal: AbortSignal;
}

export type Judged =
  /** No model judges this work: the rules' word is the verdict. */
  | { readonly kind: "none" }
  | { readonly kind: "judged"; readonly points: Verdict["points"]; readonly run: AgentRun }
  /** There is no verdict: the ticket waits, for its provider or blocked. */
  | { readonly kind: "settled" };

/**
 * A verifier's word on the exact commit, for work that a model made: another run and another conversation than the
 * executor's, in a scratch copy of its own. It is told the ticket, its acceptance and the change; never what the executor
 * said of it. A verifier that gives nothing passes nothing.
 */
export async function playVerifier(world: World, args: VerifierArgs): Promise<Judged> {
  const { ticket, repo, work, signal } = args;
  if (!world.roles.choose("verifier", ticket.domain) || !(await isOfModel(world, ticket, work))) return { kind: "none" };
  const ready = await world.roles.ready("verifier", ticket.domain);
  if (!ready.ok) return settle(world, args, { kind: "failed", failure: ready.failure, message: ready.reason, clears: ready.clears });
  return world.slots.withSlot({ repo, purpose: `verify ${ticket.id}`, signal }, async (slot) => {
    const input = await gatherInput(world, args);
    for (let plays = 1; ; plays += 1) {
      await slot.prepare(work.commit);
      const result: RoleResult<"verifier"> = await world.roles.play({
        role: "verifier",
        domain: ticket.domain,
        ...(ticket.provenance.session === undefined ? {} : { session: ticket.provenance.session }),
        ticket: { id: ticket.id, epoch: ticket.epoch },
        input,
        slot,
        readOnly: [],
        scratch: true,
        wallMs: world.workspace.config.limits.runSeconds * 1000,
        signal,
      });
      signal.throwIfAborted();
      if (result.kind === "done") {
        await world.store.write((tx) => endWait(tx, ticket.id));
        return { kind: "judged", points: judgePoints(ticket.accept, result.output), run: result.run };
      }
      const again = judgeFailure(ticket.id, result).kind === "fell-short" && plays < playsMax;
      if (!again) return settle(world, args, result);
    }
  });
}

/** What commands alone made is judged by rules alone: a chore costs nothing. */
async function isOfModel(world: World, ticket: Ticket, work: Work): Promise<boolean> {
  const report = await world.store.read((tx) => tx.reports.get(`${ticket.id}/${work.epoch}`));
  return report !== undefined && (report.run !== undefined || report.runtime !== "playbook");
}

async function gatherInput(world: World, { ticket, repo, work }: VerifierArgs): Promise<RoleInput[]> {
  const git = world.git.at(repo.path);
  const changed = await git.changedPaths({ from: work.base, to: work.commit });
  const diff = await git.diff({ from: work.base, to: work.commit, maxBytes: diffBytesMax });
  const listed = changed.slice(0, pathsShown).map(({ status, path }) => `${status} ${path}`);
  const more = changed.length > listed.length ? [`… ${changed.length - listed.length} more`] : [];
  const cut = diff.length >= diffBytesMax ? ["", "The diff is longer than what is shown: read the files themselves."] : [];
  return [
    ...tellTask(ticket),
    ...(await tellWiki(world, {
      ...{ stage: "verify", domain: ticket.domain, ticket: ticket.id, tokensMax: wikiTokensMax / 2 },
      question: `${ticket.title} ${splitFindings(ticket.body).asked}`,
    })),
    { title: "What was changed", text: [...listed, ...more, "", diff, ...cut].join("\n"), trust: "untrusted" },
  ];
}

/** A verifier without a verdict: nothing is held against the work, and nothing passes. */
async function settle(
  world: World,
  { ticket }: VerifierArgs,
  failed: Extract<RoleResult<"verifier">, { kind: "failed" }>,
): Promise<Judged> {
  const actor = `worker:${world.worker.id}`;
  await world.store.write(async (tx) => {
    if ((await getTicket(tx, ticket.id)).epoch !== ticket.epoch) return;
    const { message, failure } = failed;
    const judged = judgeFailure(ticket.id, { ...failed, denied: failed.run?.denied });
    if (judged.kind === "wait") return putOff(tx, { ticket, said: failed, now: world.clock.now(), actor });
    await endWait(tx, ticket.id);
    const fallback: Cause = {
      kind: "check",
      ref: "verifier",
      clears: `${failed.clears}, then: mos ticket unblock ${ticket.id}`,
      detail: `its verifier gave no verdict (${failure}): ${message}`.slice(0, 500),
    };
    const cause: Cause = judged.kind === "block" ? { ...judged.cause, ref: "verifier" } : fallback;
    await applyTransition(tx, ticket.id, { kind: "block", causes: [cause] }, { actor, reason: cause.detail ?? cause.clears });
  });
  return { kind: "settled" };
}
