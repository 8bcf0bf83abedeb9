import { MosError } from "../contract/error.ts";
import type { Lease } from "../contract/run.ts";
import { nameLane } from "../core/lane/name-lane.ts";
import { countOf } from "../core/text/count-of.ts";
import type { ProcessControl, ProcessMark } from "../port/process-control.ts";
import type { World } from "../port/world.ts";
import { listLanes } from "./find-lane.ts";
import { putPause } from "./pause-lane.ts";
import { recoverWorkspace } from "./run-tickets.ts";
import { noteStop } from "./standing-stop.ts";

export interface Stopped {
  /** Lanes that are paused now. */
  readonly lanes: readonly string[];
  /** Workers on this machine that were asked to stop. */
  readonly workers: readonly string[];
  /** Those of them that did not, and were ended with all that they had started. */
  readonly ended: readonly string[];
  /** Tickets whose landing was broken off and had reached main: they are on record as merged now. */
  readonly landed: readonly string[];
  /** Tickets whose landing was broken off before that: they land when their lane is resumed. */
  readonly dropped: readonly string[];
  /** What still holds something, and why it was not ended: another machine's worker, or the session that asks for this. */
  readonly left: readonly { readonly worker: string; readonly reason: string }[];
}

const pollMs = 100;
/** What was killed is gone in a moment, unless the kernel itself waits for a disk. */
const killMs = 5_000;
const recoverMs = 30_000;

/**
 * The emergency stop (G11): every lane is paused, every worker of this workspace is asked to stop as Ctrl-C asks it, and what has not
 * gone within the grace is ended by the mark that it left on record, with everything that it had started. Then what was broken off
 * is reconciled as after any crash, so that nothing is half done. Returns when all that is so, or says what is left. May be repeated.
 *
 * @param also  workers that hold no lease: the resident process
 * @param graceMs  for a landing to end, for boxes to go and what they leave to be kept
 */
export async function stopAll(world: World, args: StopArgs): Promise<Stopped> {
  const lanes = listLanes(world).map(({ lane }) => lane);
  return stop(world, { ...args, lanes, settle: () => settleLandings(world) });
}

/** What a stop needs of the world. */
export type Stoppable = Pick<World, "store" | "clock" | "isProcessAlive" | "worker" | "report" | "signal">;

/**
 * The same where mos.yaml cannot be read: an emergency does not wait for it. Paused are the lanes that the store knows of, and others
 * as soon as a run reads them (G11c). What broke off is not settled: where main is nobody can say.
 *
 * @param problem  why it cannot be read
 */
export async function stopUnread(world: Stoppable, args: StopArgs & { problem: string }): Promise<Stopped> {
  const lanes = await world.store.read(async (tx) => [
    ...(await tx.lanes.list()).map(({ id }) => id),
    ...(await tx.tickets.list()).map(nameLane),
  ]);
  const settle = async () => {
    const tickets = (await world.store.read((tx) => tx.landings.list())).flatMap(({ receipt }) => receipt.tickets);
    const landing = tickets.length === 0 ? "" : `; the landing of ${tickets.join(", ")} broke off, and mos run settles it then`;
    const left = [{ worker: "mos.yaml", reason: `${args.problem}. All lanes that it names stay stopped when it can be read${landing}` }];
    return { landed: [], dropped: [], left };
  };
  return stop(world, { ...args, lanes: [...new Set(lanes)], settle });
}

export interface StopArgs {
  readonly processes: ProcessControl;
  readonly also?: readonly ProcessMark[];
  readonly graceMs: number;
}

async function stop(
  world: Stoppable,
  args: StopArgs & { lanes: readonly string[]; settle: () => Promise<Pick<Stopped, "landed" | "dropped" | "left">> },
): Promise<Stopped> {
  // A worker that stands still with the store's one writer in its hands is ended first; then the lanes are paused.
  const early = await pauseLanes(world, args.lanes).catch((error: unknown) => {
    if (error instanceof MosError && error.code === "store-busy") return undefined;
    throw error;
  });
  const workers = await endWorkers(world, args);
  const lanes = early ?? (await pauseLanes(world, args.lanes));
  const settled = await args.settle();
  const stopped = { lanes, ...workers, ...settled, left: [...workers.left, ...settled.left] };
  const reason = `mos stop --all: ${countOf(workers.workers.length, "worker")}, ${workers.ended.length} of them by force`;
  await world.store.write((tx) =>
    tx.append({ kind: "workspace.stopped", actor: "operator", authority: "operator", reason, data: { ...stopped } }),
  );
  return stopped;
}

/** A pause of the operator's own that stands already keeps its reason. The stop stands from here on: who begins now is refused. */
async function pauseLanes(world: Stoppable, lanes: readonly string[]): Promise<readonly string[]> {
  await world.store.write((tx) => noteStop(tx, { at: world.clock.now(), lanes }));
  const paused = await world.store.read(async (tx) => new Map((await tx.lanes.list()).map((lane) => [lane.id, lane.paused?.by])));
  for (const lane of lanes)
    if (paused.get(lane) !== "operator") await world.store.write((tx) => putPause(tx, { lane, reason: "mos stop --all" }));
  return lanes;
}

/** A worker, with what it holds and all that was seen below it. */
interface Worker {
  readonly mark: ProcessMark;
  readonly name: string;
  readonly below: Map<string, ProcessMark>;
  asked: boolean;
}

async function endWorkers(world: Stoppable, args: StopArgs): Promise<Pick<Stopped, "workers" | "ended" | "left">> {
  const { processes, also = [], graceMs } = args;
  const seen = new Map<string, Worker>();
  const look = async (): Promise<Worker[]> => {
    const leases = await world.store.read((tx) => tx.leases.list());
    for (const mark of [...leases, ...also]) {
      if (mark.pid === world.worker.pid && mark.process === world.worker.process) continue;
      const name = "owner" in mark ? (mark as Lease).owner.replace(/#\d+$/, "") : `process ${mark.pid}`;
      if (!seen.has(keyOf(mark)) && world.isProcessAlive(mark)) seen.set(keyOf(mark), { mark, name, below: new Map(), asked: false });
    }
    const alive = [...seen.values()].filter(({ mark }) => world.isProcessAlive(mark));
    for (const worker of alive) {
      for (const mark of processes.listBelow(worker.mark)) worker.below.set(keyOf(mark), mark);
      worker.asked ||= processes.interrupt(worker.mark);
    }
    return [...seen.values()].filter((worker) => worker.asked && isThere(world, worker));
  };
  let waiting = await look();
  let said = "";
  for (const endsAt = world.clock.monotonicMs() + graceMs; waiting.length > 0 && world.clock.monotonicMs() < endsAt; ) {
    const text = `waits at most ${Math.round(graceMs / 1000)} s for ${waiting.map(({ name }) => name).join(", ")} to end`;
    if (text !== said) world.report({ stage: "stop", state: "update", text });
    said = text;
    await world.clock.sleep(pollMs, world.signal);
    waiting = await look();
  }
  const ended = waiting.map(({ name }) => name);
  for (const endsAt = world.clock.monotonicMs() + killMs; waiting.length > 0 && world.clock.monotonicMs() < endsAt; ) {
    // The worker before what it started, so that it starts nothing anew.
    for (const { mark, below } of waiting) for (const one of [mark, ...below.values()]) processes.kill(one);
    await world.clock.sleep(pollMs, world.signal);
    waiting = await look();
  }
  const isLeft = (worker: Worker) => world.isProcessAlive(worker.mark) || isThere(world, worker);
  return {
    workers: [...seen.values()].filter(({ asked }) => asked).map(({ name }) => name),
    ended,
    left: [...seen.values()].filter(isLeft).map(({ name, asked }) => ({
      worker: name,
      reason: asked ? "the kernel does not let go of it" : "it is not a process of this machine that may be ended from here",
    })),
  };
}

function keyOf({ pid, process }: ProcessMark): string {
  return `${pid} ${process}`;
}

function isThere(world: Stoppable, { mark, below }: Worker): boolean {
  return [mark, ...below.values()].some((one) => world.isProcessAlive(one));
}

async function settleLandings(world: World): Promise<Pick<Stopped, "landed" | "dropped" | "left">> {
  const before = await world.store.read((tx) => tx.landings.list());
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(recoverMs)]);
  let left: Stopped["left"] = [];
  try {
    const { unsettled } = await recoverWorkspace({ ...world, signal }, (lease) => world.isProcessAlive(lease));
    left = unsettled.map(({ tickets, reason, remedy }) => ({
      worker: `the landing of ${tickets.join(", ")}`,
      reason: `${reason}. ${remedy}`,
    }));
  } catch (error) {
    if (world.signal.aborted || !signal.aborted) throw error;
    left = [{ worker: "mos stop", reason: "its lane is held, so a landing that was broken off is not settled: mos run settles it" }];
  }
  return world.store.read(async (tx) => {
    const open = new Set((await tx.landings.list()).map(({ id }) => id));
    const receipts = new Set((await tx.receipts.list()).map(({ commit }) => commit));
    const over = before.filter(({ id }) => !open.has(id)).map(({ receipt }) => receipt);
    const isLanded = ({ commit }: { commit: string }) => receipts.has(commit);
    return {
      landed: over.filter(isLanded).flatMap(({ tickets }) => tickets),
      dropped: over.filter((receipt) => !isLanded(receipt)).flatMap(({ tickets }) => tickets),
      left,
    };
  });
}
