import { join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import type { Verdict } from "../../contract/run.ts";
import type { TakenBack, Ticket, Work } from "../../contract/ticket.ts";
import { readReceiptId } from "../../core/gate/find-tip.ts";
import { judgeChange } from "../../core/gate/judge-change.ts";
import { parseDiffLines } from "../../core/gate/parse-diff.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import type { World } from "../../port/world.ts";
import { playVerifier } from "./play-verifier.ts";

/** Names the rules by which this verifier judges; it changes when they do. */
export const verifierName = "rules/1";

const evidenceChars = 1500;
/** What is not read cannot be judged, and what cannot be judged does not pass. */
const diffBytesMax = 32 * 1024 * 1024;

/**
 * Judges exactly `ticket.work.commit` (I4): the diff against what was declared, or that it takes back exactly what it is to, then each acceptance command in a scratch
 * copy of that commit, then, for what a model made, a verifier where one is configured. All must pass: what the rules refuse
 * no model is asked about. The executor's slot and reasoning are not seen. Records the verdict; what follows from a failed
 * one is the pipeline's.
 *
 * A crash leaves no verdict; the next attempt makes it. May be repeated.
 */
export async function verifyTicket(world: World, args: { ticket: Ticket; repo: RepoHandle; signal: AbortSignal }): Promise<void> {
  const { ticket, repo, signal } = args;
  const work = ticket.work;
  if (!work) throw new Error(`${ticket.id} is verifying without work`);
  const { takesBack } = ticket;
  const points = takesBack
    ? [await judgeTakeBack(world, { repo, work, takesBack })]
    : await judgeDiff(world, { ticket, repo, base: work.base, commit: work.commit });
  if (points.every((point) => point.pass)) points.push(...(await runAcceptance(world, { ticket, repo, commit: work.commit, signal })));
  const judged = points.every((point) => point.pass)
    ? await playVerifier(world, { ticket, repo, work, signal })
    : { kind: "none" as const };
  if (judged.kind === "settled") return;
  const model = judged.kind === "judged" ? judged : undefined;
  if (model) points.push(...model.points);
  const verifier = model ? `${verifierName}+${model.run.runtime}` : verifierName;
  const verdict: Verdict = {
    id: `${ticket.id}/${ticket.epoch}/${work.commit.slice(0, 12)}`,
    ticket: ticket.id,
    commit: work.commit,
    base: work.base,
    at: world.clock.now(),
    outcome: points.every((point) => point.pass) ? "pass" : "fail",
    verifier,
    ...(model ? { run: model.run.id } : {}),
    points,
  };
  await world.store.write(async (tx) => {
    await tx.verdicts.put(verdict);
    const failed = points.filter((point) => !point.pass).map((point) => point.point);
    await applyTransition(
      tx,
      ticket.id,
      { kind: "verdict", verdict: { commit: work.commit, outcome: verdict.outcome, id: verdict.id } },
      {
        actor: `verifier:${verifier}`,
        reason: failed.length === 0 ? "every point holds" : `does not hold: ${failed.join("; ")}`.slice(0, 500),
      },
    );
  });
}

async function judgeDiff(
  world: World,
  args: { ticket: Ticket; repo: RepoHandle; base: string; commit: string },
): Promise<Verdict["points"]> {
  const git = world.git.at(args.repo.path);
  const changed = await git.changedPaths({ from: args.base, to: args.commit });
  const diff = await git.diff({ from: args.base, to: args.commit, binary: true, maxBytes: diffBytesMax });
  const points = judgeChange({ ticket: args.ticket, changed, ...parseDiffLines(diff) });
  const whole = diff.length < diffBytesMax;
  return whole
    ? points
    : [...points, { point: "is small enough to be judged", kind: "scope", pass: false, evidence: `over ${diffBytesMax} bytes of diff` }];
}

/**
 * What takes a range back is judged by this alone, and not by what it changes (G7c): the tree is that of a commit with its receipt
 * (or of the baseline), on the tip that it was filed for. So pages, links and tests come back as main had them, and nothing else.
 */
async function judgeTakeBack(
  world: World,
  { repo, work, takesBack: { from, tip } }: { repo: RepoHandle; work: Work; takesBack: TakenBack },
): Promise<Verdict["points"][number]> {
  const git = world.git.at(repo.path);
  const made = await git.commitFacts(work.commit);
  const before = await git.commitFacts(from);
  const isOwned = from === repo.baseline || (await readReceiptId(git, from)) !== undefined;
  const isBehind = isOwned && (await git.isAncestor({ ancestor: from, descendant: tip }));
  const isOnTip = work.base === tip && made?.parents.length === 1 && made.parents[0] === tip;
  const isTree = before !== undefined && made?.tree === before.tree && work.tree === before.tree;
  const evidence = `${from.slice(0, 12)} ${isBehind ? "has its receipt" : "is none that main had with a receipt"}; the work ${isTree ? "is" : "is not"} its tree, ${isOnTip ? "" : "not "}on ${tip.slice(0, 12)}`;
  return { point: "makes main exactly what it was", kind: "scope", pass: isBehind && isOnTip && isTree, evidence };
}

async function runAcceptance(
  world: World,
  args: { ticket: Ticket; repo: RepoHandle; commit: string; signal: AbortSignal },
): Promise<Verdict["points"]> {
  const { ticket, repo, commit, signal } = args;
  const points: Verdict["points"] = [];
  const logs = join(world.workspace.stateDir, "log", "ticket", ticket.id);
  await world.slots.withSlot({ repo, purpose: `verify ${ticket.id}`, signal }, async (slot) => {
    await slot.prepare(commit);
    for (const [index, { text, run }] of ticket.accept.entries()) {
      if (run === undefined) {
        points.push({ point: text, kind: "acceptance", pass: true, evidence: "for a person to judge: no command checks it" });
        continue;
      }
      const result = await slot.run({
        command: run,
        writable: true,
        wallMs: world.workspace.config.limits.runSeconds * 1000,
        logFile: join(logs, `${ticket.epoch}-accept-${index + 1}.log`),
        signal,
      });
      signal.throwIfAborted();
      const words = `${result.stdout}${result.stderr}`.trim().slice(-evidenceChars);
      const evidence = `"${run}" ended with ${result.exitCode ?? result.endedBy}${words ? `: ${words}` : ""}`;
      points.push({ point: text, kind: "acceptance", pass: result.exitCode === 0, evidence: evidence.slice(0, 4000) });
    }
  });
  return points;
}
