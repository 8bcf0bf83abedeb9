import { createHash } from "node:crypto";
import type { RepoHandle } from "../../contract/config.ts";
import type { Landing, Receipt, TestedReceipt } from "../../contract/run.ts";
import { receiptRef } from "../../core/gate/find-tip.ts";
import { describeLanding, writeLandingEvent } from "../../core/gate/landing-record.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import { intendLanding } from "../../core/ticket/intend-landing.ts";
import type { Repo } from "../../port/git.ts";
import type { World } from "../../port/world.ts";
import { findCheckout, moveWithCheckout } from "./forward-checkout.ts";

export type LandResult =
  | { readonly kind: "landed" }
  /** Main moved since the test: the gate begins again. */
  | { readonly kind: "moved" }
  | { readonly kind: "overlap"; readonly paths: readonly string[]; readonly checkout: string }
  | { readonly kind: "busy"; readonly checkout: string }
  /** The lane was paused before the intent was written. */
  | { readonly kind: "held" };

const refWaitMs = 5000;

/**
 * Lands what was tested (G3): one first-parent commit with all its tickets, under the lane's lease, which the caller holds.
 *
 * 1. The intent goes into the store, in the transaction that sees that the lane is open and that each ticket would still land
 * (else `ticket-refused`): who has paused the lane before it sees nothing land that had not begun to.
 * 2. The operator's working tree that has main checked out is locked. 3. Main and the receipt's ref move in one transaction,
 * by compare-and-swap. 4. The working tree follows. 5. The tickets are `merged`, the receipt kept and the intent removed, in
 * one transaction.
 *
 * A crash after 1 or 2: nothing landed; `reconcileLandings` drops the intent and the lock. Within or after 3: main has the
 * commit or not; `reconcileLandings` makes the receipt's ref agree and does 4 and 5. Nothing else is believed (G8).
 *
 * @param args.epochs  of each ticket, the attempt whose work was tested
 */
export async function landReceipt(
  world: World,
  args: { repo: RepoHandle; receipt: TestedReceipt; epochs: Readonly<Record<string, number>> },
): Promise<LandResult> {
  const { repo, receipt, epochs } = args;
  const git = world.git.at(repo.path);
  const branch = `refs/heads/${repo.branch}`;
  const checkout = await findCheckout(world.git, git, repo.branch);
  const id = `${repo.lane}/${receipt.commit}`;
  const landing: Landing = {
    id,
    lane: repo.lane,
    receipt,
    startedAt: world.clock.now(),
    ...(checkout ? { checkout: checkout.path } : {}),
  };
  const isOpen = await world.store.write(async (tx) => {
    if ((await tx.lanes.get(repo.lane))?.paused !== undefined) return false;
    await intendLanding(tx, landing, { epochs });
    return true;
  });
  if (!isOpen) return { kind: "held" };
  const blob = await writeReceiptBlob(git, receipt);
  const move = async () => {
    const changes = [
      { ref: branch, to: receipt.commit, from: receipt.base },
      { ref: receiptRef(receipt.commit), to: blob, from: undefined },
    ];
    const reason = `mos: land ${receipt.tickets.join(" ")}`;
    for (const endsAt = world.clock.monotonicMs() + refWaitMs; ; await world.clock.sleep(100)) {
      if ((await git.updateRefs(changes, reason)).kind === "moved") return { moved: true };
      // Where main is what it was, another git holds one of the refs' locks.
      if ((await git.resolve(branch)) !== receipt.base || world.clock.monotonicMs() > endsAt) return { moved: false };
    }
  };
  const mark = lockMark(id);
  const forwarded = checkout
    ? await moveWithCheckout({ git: world.git, clock: world.clock, checkout, from: receipt.base, to: receipt.commit, mark, move })
    : { kind: "done" as const, value: await move() };
  if (forwarded.kind === "done" && forwarded.value.moved) {
    await recordLanding(world, landing);
    return { kind: "landed" };
  }
  await world.store.write((tx) => tx.landings.remove(id));
  const where = { checkout: checkout?.path ?? repo.path };
  if (forwarded.kind === "done") return (await git.resolve(branch)) === receipt.base ? { kind: "busy", ...where } : { kind: "moved" };
  return forwarded.kind === "busy" ? { kind: "busy", ...where } : { kind: "overlap", paths: forwarded.paths, ...where };
}

/** The receipt as it lies in git: the same bytes whoever writes it. */
export function writeReceiptBlob(git: Repo, receipt: Receipt): Promise<string> {
  return git.writeBlob(`${JSON.stringify(receipt, null, 2)}\n`);
}

export function lockMark(landingId: string): string {
  return `mos landing ${landingId}\n`;
}

/** The tickets are merged, with their receipt. May be repeated: a ticket that is merged already is left as it is. */
export async function recordLanding(world: World, landing: Landing): Promise<void> {
  const { receipt } = landing;
  const repos = [...world.workspace.domains, world.workspace.operator].flatMap((domain) => domain.repos);
  const repo = repos.find(({ lane }) => lane === receipt.lane);
  await world.store.write(async (tx) => {
    await tx.receipts.put(receipt);
    for (const id of receipt.tickets) {
      const ticket = await tx.tickets.get(id);
      if (!ticket || ticket.status.state === "merged") continue;
      const note = { actor: "mos", authority: receipt.id, reason: describeLanding(receipt) };
      await applyTransition(tx, id, { kind: "land", commit: receipt.commit, receipt: receipt.id }, note);
    }
    await tx.append(writeLandingEvent({ receipt, repo, sha256 }));
    await tx.landings.remove(landing.id);
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
