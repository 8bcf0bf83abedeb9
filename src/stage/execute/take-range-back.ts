import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { Report } from "../../contract/run.ts";
import type { TakenBack, Ticket, Work } from "../../contract/ticket.ts";
import { adoptCommand } from "../../core/gate/find-tip.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import type { World } from "../../port/world.ts";
import { workRef } from "./find-kept-work.ts";
import { writeWorkMessage } from "./keep-work.ts";

/**
 * The work of a ticket that takes commits back (G7c): on the tip that they are, the very tree that main had before them. No
 * command and no agent has a hand in it, whoever's the files are. Where main is another by now it is not made: the ticket waits.
 *
 * A crash leaves the ticket `in_progress`, perhaps with the attempt's ref; the next attempt makes it anew.
 */
export async function takeRangeBack(world: World, args: { ticket: Ticket; repo: RepoHandle; takesBack: TakenBack }): Promise<void> {
  const { ticket, repo, takesBack } = args;
  const { from, tip } = takesBack;
  const git = world.git.at(repo.path);
  const main = await git.resolve(`refs/heads/${repo.branch}^{commit}`);
  if (main !== tip) return blockMoved(world, { ticket, repo, tip });
  const { tree } = await git.commit(from);
  const commit = await git.commitTree({ tree, parents: [tip], message: writeWorkMessage(ticket) });
  const ref = workRef(ticket.id, ticket.epoch);
  const moved = await git.updateRefs([{ ref, to: commit, from: undefined }], `mos: work of ${ref}`);
  if (moved.kind === "stale")
    throw new MosError({ code: "git-failed", message: `${ref} is there already: ${moved.detail}`, hint: "Run the ticket again." });
  const changed = (await git.changedPaths({ from: tip, to: commit })).map(({ path }) => path);
  const work: Work = { epoch: ticket.epoch, base: tip, commit, tree };
  const summary = `makes ${repo.branch} what it was at ${from.slice(0, 12)}`;
  const report: Report = {
    ...{ id: `${ticket.id}/${ticket.epoch}`, ticket: ticket.id, epoch: ticket.epoch, at: world.clock.now(), summary, changed },
    ...{ runtime: ticket.runtime, outcome: "done", commands: [], decided: [], learned: [], left: [] },
  };
  await world.store.write(async (tx) => {
    await tx.reports.put(report);
    await applyTransition(tx, ticket.id, { kind: "hand-in", work }, { actor: `worker:${world.worker.id}`, reason: summary });
  });
}

/** What it was filed for is not what main is: adopted anew, that is settled, and this ticket with it. */
async function blockMoved(world: World, { ticket, repo, tip }: { ticket: Ticket; repo: RepoHandle; tip: string }): Promise<void> {
  const reason = `${repo.branch} of ${repo.lane} is no longer at ${tip.slice(0, 12)}`;
  const clears = `${repo.branch} is adopted as it is (${adoptCommand(repo)}); where it was set right by hand: mos ticket withdraw ${ticket.id}`;
  const cause = { kind: "operator" as const, ref: "take-back", clears, detail: reason };
  await world.store.write((tx) => applyTransition(tx, ticket.id, { kind: "block", causes: [cause] }, { actor: "mos", reason }));
}
