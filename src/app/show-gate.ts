import { join } from "node:path";
import type { RepoHandle } from "../contract/config.ts";
import { exitCode, MosError } from "../contract/error.ts";
import { FlakyCheck, type Lane, type LaneActivity, LaneMemory, type Lease, type Receipt } from "../contract/run.ts";
import { estimateFailure, sizeBatch, unknownRate } from "../core/lane/failure-rate.ts";
import { describeHomeless, findHomeless, type Homeless } from "../core/lane/find-homeless.ts";
import { windowStart } from "../core/lane/follow-lane.ts";
import type { World } from "../port/world.ts";
import { flakyNote } from "../stage/gate/count-flake.ts";
import { listLanes } from "./find-lane.ts";
import { readActivity } from "./lane/read-activity.ts";
import { readQueue } from "./lane/read-queue.ts";
import { memoryNote } from "./lane/tell-activity.ts";

export interface LaneStatus {
  readonly lane: string;
  readonly repo: string;
  readonly branch: string;
  readonly tip?: string;
  readonly paused?: NonNullable<Lane["paused"]>;
  /** How many tickets the train may have, how many are tested as one, and the estimated chance that one fails. */
  readonly window: number;
  readonly batch: number;
  readonly failureRate: number;
  /** What the lander is at, while one holds the lane. */
  readonly activity?: LaneActivity;
  /** Checks that failed and then passed on the same tree. */
  readonly flaky: readonly FlakyCheck[];
  /** Verified, waiting for the gate. */
  readonly waiting: readonly string[];
  /** Being landed right now. */
  readonly landing?: string;
  readonly lastReceipt?: { readonly id: string; readonly tickets: readonly string[]; readonly commit: string; readonly landedAt: string };
}

export interface GateStatus {
  readonly lanes: readonly LaneStatus[];
  /** Lanes that mos.yaml does not have any more, and where something waits or broke off. */
  readonly gone: readonly {
    readonly lane: string;
    readonly tickets: readonly string[];
    readonly landing: readonly string[];
    readonly reason: string;
    readonly remedy: string;
  }[];
  /** What slots and setup outputs keep on the disk, as last counted, and their bound (G5d, G5e). */
  readonly disk: { readonly keptMb: number; readonly limitMb: number; readonly full: boolean };
  /** Slots in use, with the worker that holds each. */
  readonly slots: readonly { readonly id: string; readonly owner: string; readonly alive: boolean }[];
}

/** Lanes with what waits before them, and the slots that are taken. */
export async function showGate(world: World): Promise<GateStatus> {
  const lanes: LaneStatus[] = [];
  for (const repo of listLanes(world)) lanes.push(await showLane(world, repo));
  const leases = await world.store.read((tx) => tx.leases.list());
  const gone = (await readHomeless(world)).map((one) => ({ ...one, ...describeHomeless(one) }));
  return { lanes, gone, disk: await showDisk(world), slots: leases.flatMap((lease) => listSlot(world, lease)) };
}

async function showDisk({ slots, workspace }: World): Promise<GateStatus["disk"]> {
  const { diskMb } = workspace.config.limits;
  const bytes = (await slots.kept({ anew: false })).reduce((sum, folder) => sum + folder.bytes, 0);
  return { keptMb: Math.round(bytes / 1024 ** 2), limitMb: diskMb, full: bytes > diskMb * 1024 ** 2 };
}

/** What waits for repositories that mos.yaml does not have (G8b). */
export async function readHomeless({ store, workspace }: Pick<World, "store" | "workspace">): Promise<Homeless[]> {
  const lanes = new Set(listLanes({ workspace }).map(({ lane }) => lane));
  return store.read(async (tx) => {
    const states = ["ready", "in_progress", "verifying"] as const;
    const tickets = (await Promise.all(states.map((state) => tx.tickets.list({ state })))).flat();
    return findHomeless({ tickets, landings: await tx.landings.list(), lanes });
  });
}

async function showLane(world: World, repo: RepoHandle): Promise<LaneStatus> {
  const { lane } = repo;
  const tip = await world.git.at(repo.path).resolve(`refs/heads/${repo.branch}`);
  const kept = await world.store.read(async (tx) => ({
    waiting: await readQueue(tx, { repo, isAlive: world.isProcessAlive, mayLand: () => true }),
    paused: (await tx.lanes.get(lane))?.paused,
    landing: (await tx.landings.list({ lane })).flatMap(({ receipt }) => receipt.tickets),
    last: latest(await tx.receipts.list({ lane })),
    activity: await readActivity(tx, { lane, isProcessAlive: world.isProcessAlive }),
    memory: LaneMemory.safeParse((await tx.notes.get(memoryNote(lane)))?.value).data,
    flaky: await Promise.all(
      repo.checks.map(async ({ name }) => FlakyCheck.safeParse((await tx.notes.get(flakyNote(lane, name)))?.value).data),
    ),
  }));
  const { paused, landing, last, activity, memory } = kept;
  const rate = memory ?? unknownRate;
  return {
    lane,
    repo: repo.path,
    branch: repo.branch,
    ...(tip === undefined ? {} : { tip }),
    ...(paused === undefined ? {} : { paused }),
    window: activity?.window ?? memory?.window ?? windowStart,
    batch: activity?.batch ?? sizeBatch(rate),
    failureRate: activity?.failureRate ?? estimateFailure(rate),
    ...(activity === undefined ? {} : { activity }),
    flaky: kept.flaky.filter((one) => one !== undefined),
    waiting: kept.waiting.map(({ id }) => id),
    ...(landing.length === 0 ? {} : { landing: landing.join(", ") }),
    ...(last === undefined ? {} : { lastReceipt: { id: last.id, tickets: last.tickets, commit: last.commit, landedAt: last.landedAt } }),
  };
}

/**
 * A receipt by its own id, by a ticket that it names or by the commit that landed; its logs as absolute paths. `among`: of the
 * domains that are seen there alone.
 * Throws `receipt-not-found` (exit 3).
 */
export async function showReceipt(world: World, args: { id: string; among?: Pick<World, "workspace"> }): Promise<Receipt> {
  const { workspace } = args.among ?? world;
  const hidden = world.workspace.domains.filter(({ name }) => !workspace.domains.some((one) => one.name === name)).map(({ name }) => name);
  const all = (await world.store.read((tx) => tx.receipts.list())).filter(({ lane }) => !hidden.includes(lane.split("/")[0] ?? ""));
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
