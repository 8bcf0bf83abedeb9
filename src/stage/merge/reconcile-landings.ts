import type { Landing } from "../../contract/run.ts";
import { receiptRef } from "../../core/gate/find-tip.ts";
import type { World } from "../../port/world.ts";
import { findCheckout, mendCheckout } from "./forward-checkout.ts";
import { lockMark, recordLanding } from "./land-ticket.ts";

export interface Reconciled {
  readonly landed: readonly string[];
  readonly dropped: readonly string[];
  /** Files of the operator's working tree that hold an edit of theirs where a landing changed something. */
  readonly edited: readonly string[];
}

/**
 * Completes or drops the landings that a crash left (G8, I7): the receipt's ref alone says whether main moved. Called under
 * the lane's lease, before anything else lands there. May be repeated.
 */
export async function reconcileLandings(world: World, lane: string): Promise<Reconciled> {
  const left = await world.store.read((tx) => tx.landings.list({ lane }));
  const result = { landed: [] as string[], dropped: [] as string[], edited: [] as string[] };
  for (const landing of left) {
    const landed = await isLanded(world, landing);
    result.edited.push(...(await mendTree(world, landing, landed)));
    if (landed) {
      await recordLanding(world, landing);
      result.landed.push(landing.ticket);
    } else {
      await world.store.write((tx) => tx.landings.remove(landing.id));
      result.dropped.push(landing.ticket);
    }
  }
  return result;
}

function repoOf(world: World, lane: string) {
  const domains = [...world.workspace.domains, world.workspace.operator];
  return domains.flatMap((domain) => domain.repos).find((repo) => repo.lane === lane);
}

async function isLanded(world: World, landing: Landing): Promise<boolean> {
  const repo = repoOf(world, landing.lane);
  if (!repo) return false;
  return (await world.git.at(repo.path).resolve(receiptRef(landing.receipt.commit))) !== undefined;
}

async function mendTree(world: World, landing: Landing, landed: boolean): Promise<string[]> {
  const repo = repoOf(world, landing.lane);
  if (!repo || landing.checkout === undefined) return [];
  const checkout = await findCheckout(world.git, world.git.at(repo.path), repo.branch);
  if (checkout?.path !== landing.checkout) return [];
  const { base, commit } = landing.receipt;
  return mendCheckout({ git: world.git, checkout, from: base, to: commit, mark: lockMark(landing.id), landed });
}
