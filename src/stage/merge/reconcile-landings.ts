import type { RepoHandle } from "../../contract/config.ts";
import type { Landing } from "../../contract/run.ts";
import { readReceiptId, receiptRef } from "../../core/gate/find-tip.ts";
import { describeHomeless } from "../../core/lane/find-homeless.ts";
import { holdLane } from "../../core/lane/hold-lane.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import type { World } from "../../port/world.ts";
import { findCheckout, type Mended, mendCheckout } from "./forward-checkout.ts";
import { lockMark, recordLanding, writeReceiptBlob } from "./land-receipt.ts";

export interface Reconciled {
  readonly landed: readonly string[];
  readonly dropped: readonly string[];
  /** Files of the operator's working tree that hold an edit of theirs where a landing changed something. */
  readonly edited: readonly string[];
  /** Landings that can be neither completed nor dropped now: their intent stays. */
  readonly unsettled: readonly Unsettled[];
}

export interface Unsettled {
  readonly lane: string;
  readonly tickets: readonly string[];
  readonly reason: string;
  readonly remedy: string;
}

/**
 * Completes or drops the landings that a crash left (G8, I7): main says whether it moved, and the receipt's ref is
 * made to agree. Called under the lane's lease, before anything else lands there. May be repeated.
 *
 * One of a repository that mos.yaml does not have is left as it is (G8b); one whose working tree cannot follow yet pauses the lane,
 * and is looked at again by the next run (G8c).
 */
export async function reconcileLandings(world: World, lane: string): Promise<Reconciled> {
  const left = await world.store.read((tx) => tx.landings.list({ lane }));
  const result = { landed: [] as string[], dropped: [] as string[], edited: [] as string[], unsettled: [] as Unsettled[] };
  const repo = repoOf(world, lane);
  for (const landing of left) {
    const { tickets } = landing.receipt;
    if (!repo) {
      result.unsettled.push({ lane, tickets, ...describeHomeless({ lane, tickets: [], landing: tickets }) });
      continue;
    }
    const landed = await settleRefs(world, repo, landing);
    const tree = await mendTree(world, { repo, landing, landed });
    if (tree.kind === "busy") {
      result.unsettled.push(await holdForLock(world, { repo, tickets, lock: tree.lock }));
      continue;
    }
    result.edited.push(...tree.edited);
    if (landed) {
      await recordLanding(world, landing);
      result.landed.push(...tickets);
    } else {
      const note = { actor: "mos", reason: `${landing.receipt.commit.slice(0, 12)} was taken away before it was adopted` };
      await world.store.write(async (tx) => {
        await tx.landings.remove(landing.id);
        // A person took away what was adopted in place: nothing brings it back.
        for (const id of listAdopted(landing)) await applyTransition(tx, id, { kind: "withdraw" }, note);
      });
      result.dropped.push(...tickets);
    }
  }
  return result;
}

/** Main has it, and the checkout not yet: nothing else lands there before it has, or a commit from that tree would undo it. */
async function holdForLock(
  world: World,
  { repo, tickets, lock }: { repo: RepoHandle; tickets: readonly string[]; lock: string },
): Promise<Unsettled> {
  const reason = `${tickets.join(", ")} landed, and your working tree of ${repo.lane} could not follow: git is at work there (${lock})`;
  const remedy = `When it has ended (or, if no git runs there, that file is gone): mos run. Until then a commit from there would undo the landing.`;
  await world.store.write(async (tx) => {
    await holdLane(tx, { lane: repo.lane, by: "local-edits", reason: `${reason}. ${remedy}`, paths: [] });
    await tx.append({ kind: "lane.paused", domain: repo.domain, actor: "mos", reason, data: { lane: repo.lane, paths: [lock], tickets } });
  });
  return { lane: repo.lane, tickets, reason, remedy };
}

/** Tickets whose work is the landed commit itself: main had it before they were. */
function listAdopted({ receipt }: Landing): string[] {
  return receipt.tickets.filter((id) => receipt.heads[id] === receipt.commit);
}

function repoOf(world: World, lane: string) {
  const domains = [...world.workspace.domains, world.workspace.operator];
  return domains.flatMap((domain) => domain.repos).find((repo) => repo.lane === lane);
}

/**
 * Whether main has the landing. Git's own transaction renames one ref after the other: a kill within it leaves main without
 * the receipt's ref, or the ref without main. Main decides, since its commit was made for this landing alone; the ref follows.
 */
async function settleRefs(world: World, repo: RepoHandle, landing: Landing): Promise<boolean> {
  const { commit } = landing.receipt;
  const git = world.git.at(repo.path);
  const ref = receiptRef(commit);
  const tip = await git.resolve(`refs/heads/${repo.branch}^{commit}`);
  // However much the operator has put on it since: all that came after what it was made on; where that is gone, all there is.
  const range = ["--ignore-missing", `^${landing.receipt.base}`, tip ?? ""];
  const behind = tip === undefined ? [] : (await git.run(["rev-list", "--first-parent", ...range])).stdout.split("\n");
  const landed = behind.includes(commit);
  const there = await readReceiptId(git, commit);
  if (landed && there === undefined) {
    await git.updateRefs(
      [{ ref, to: await writeReceiptBlob(git, landing.receipt), from: undefined }],
      `mos: receipt of ${landing.receipt.tickets.join(" ")}`,
    );
  }
  if (!landed && there !== undefined)
    await git.updateRefs([{ ref, to: undefined, from: there }], `mos: ${landing.receipt.tickets.join(" ")} did not land`);
  return landed;
}

async function mendTree(world: World, { repo, landing, landed }: { repo: RepoHandle; landing: Landing; landed: boolean }): Promise<Mended> {
  const nowhere: Mended = { kind: "mended", edited: [] };
  if (landing.checkout === undefined) return nowhere;
  const checkout = await findCheckout(world.git, world.git.at(repo.path), repo.branch);
  if (checkout?.path !== landing.checkout) return nowhere;
  const { base, commit } = landing.receipt;
  return mendCheckout({ git: world.git, clock: world.clock, checkout, from: base, to: commit, mark: lockMark(landing.id), landed });
}
