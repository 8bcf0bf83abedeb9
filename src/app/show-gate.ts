import { join } from "node:path";
import { exitCode, MosError } from "../contract/error.ts";
import type { Lane, Lease, Receipt } from "../contract/run.ts";
import type { World } from "../port/world.ts";
import { listLanes } from "./find-lane.ts";

export interface LaneStatus {
  readonly lane: string;
  readonly repo: string;
  readonly branch: string;
  readonly tip?: string;
  readonly paused?: NonNullable<Lane["paused"]>;
  /** How many tickets are tested at once. */
  readonly window: number;
  /** Verified, waiting for the gate. */
  readonly waiting: readonly string[];
  /** Being landed right now. */
  readonly landing?: string;
  readonly lastReceipt?: { readonly id: string; readonly tickets: readonly string[]; readonly commit: string; readonly landedAt: string };
}

export interface GateStatus {
  readonly lanes: readonly LaneStatus[];
  /** Slots in use, with the worker that holds each. */
  readonly slots: readonly { readonly id: string; readonly owner: string; readonly alive: boolean }[];
}

/** Lanes with what waits before them, and the slots that are taken. */
export async function showGate(world: World): Promise<GateStatus> {
  const kept = await world.store.read(async (tx) => ({
    tickets: await tx.tickets.list(),
    lanes: await tx.lanes.list(),
    landings: await tx.landings.list(),
    receipts: await tx.receipts.list(),
    leases: await tx.leases.list(),
  }));
  const lanes: LaneStatus[] = [];
  for (const repo of listLanes(world)) {
    const waiting = kept.tickets
      .filter(({ domain, repo: name, status }) => domain === repo.domain && name === repo.name && status.state === "verifying")
      .map(({ id }) => id);
    const paused = kept.lanes.find(({ id }) => id === repo.lane)?.paused;
    const landing = kept.landings.find(({ lane }) => lane === repo.lane)?.receipt.tickets.join(", ");
    const last = latest(kept.receipts.filter(({ lane }) => lane === repo.lane));
    const tip = await world.git.at(repo.path).resolve(`refs/heads/${repo.branch}`);
    lanes.push({
      lane: repo.lane,
      repo: repo.path,
      branch: repo.branch,
      ...(tip === undefined ? {} : { tip }),
      ...(paused === undefined ? {} : { paused }),
      window: 1,
      waiting,
      ...(landing === undefined ? {} : { landing }),
      ...(last === undefined ? {} : { lastReceipt: { id: last.id, tickets: last.tickets, commit: last.commit, landedAt: last.landedAt } }),
    });
  }
  return { lanes, slots: kept.leases.flatMap((lease) => listSlot(world, lease)) };
}

/**
 * A receipt by its own id, by a ticket that it names or by the commit that landed; its logs as absolute paths.
 * Throws `receipt-not-found` (exit 3).
 */
export async function showReceipt(world: World, args: { id: string }): Promise<Receipt> {
  const all = await world.store.read((tx) => tx.receipts.list());
  const isCommit = /^[0-9a-f]{7,64}$/.test(args.id);
  const found = all.find(
    ({ id, tickets, commit }) => id === args.id || tickets.includes(args.id) || (isCommit && commit.startsWith(args.id)),
  );
  if (found === undefined) {
    throw new MosError({
      code: "receipt-not-found",
      message: `Nothing that landed is called ${args.id}.`,
      hint: "Give a ticket (MUS-12), a landed commit or a receipt's id; `mos gate status` shows the last of each lane.",
      exit: exitCode.notFound,
    });
  }
  return {
    ...found,
    checks: found.checks.map((check) => ({ ...check, log: check.log === "" ? "" : join(world.workspace.stateDir, check.log) })),
  };
}

function latest(receipts: readonly Receipt[]): Receipt | undefined {
  return receipts.reduce<Receipt | undefined>((last, one) => (last === undefined || one.landedAt >= last.landedAt ? one : last), undefined);
}

function listSlot(world: World, lease: Lease): { id: string; owner: string; alive: boolean }[] {
  if (!lease.key.startsWith("slot:")) return [];
  return [{ id: lease.key.slice("slot:".length), owner: lease.owner, alive: world.isProcessAlive(lease) }];
}
