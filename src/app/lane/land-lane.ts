import type { Domain, RepoHandle } from "../../contract/config.ts";
import { LaneMemory, type Lease } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { type GateRules, readGateRules } from "../../core/gate/defining-files.ts";
import { findTip } from "../../core/gate/find-tip.ts";
import { fitsTip } from "../../core/gate/is-take-back.ts";
import {
  dropBuild,
  dropCar,
  finishLanding,
  openLane,
  queueTickets,
  requeueSuspect,
  resetLane,
  settleBuild,
  startBuild,
  startLanding,
  suspectFirst,
  uncouple,
  windowStart,
} from "../../core/lane/follow-lane.ts";
import type { Build, LaneState, Waiting } from "../../core/lane/lane-state.ts";
import { type Act, type PlanLane, planLane } from "../../core/lane/plan-lane.ts";
import type { GradeDomain } from "../../port/ticket-stage.ts";
import type { World } from "../../port/world.ts";
import { countFlake } from "../../stage/gate/count-flake.ts";
import type { Car } from "../../stage/gate/couple-car.ts";
import { makePrefixCommit } from "../../stage/gate/make-prefix-commit.ts";
import { type Refusal, settleCar } from "../../stage/gate/settle-car.ts";
import { sha256 } from "../../stage/gate/sha256.ts";
import { writeReceipt } from "../../stage/gate/write-receipt.ts";
import { mergeTrain } from "../../stage/merge/merge-train.ts";
import { reconcileLandings } from "../../stage/merge/reconcile-landings.ts";
import { reportEnd } from "../advance-ticket.ts";
import { withLease } from "../hold-lease.ts";
import { createBuildRuns, type RunCounts } from "./build-runs.ts";
import { coupleSafely, coupleTrain } from "./couple-train.ts";
import { refusalOf, reportBuild } from "./judge-outcome.ts";
import { createKnownTests, type Prefix } from "./known-tests.ts";
import { createSlotMeter } from "./measure-slots.ts";
import { createQueueOrder } from "./order-queue.ts";
import { readQueue, urgentFrom } from "./read-queue.ts";
import { pauseForCrash, pauseForForeignTip, stopRedLane } from "./stop-lane.ts";
import { memoryNote, tellActivity } from "./tell-activity.ts";

export interface LaneArgs {
  readonly domain: Domain;
  readonly repo: RepoHandle;
  readonly isAlive: (lease: Lease) => boolean;
  readonly grade: GradeDomain;
  /** Which of the queued ones this run lands: asked for, and not held back by the doctor. */
  readonly mayLand: (ticket: Ticket) => boolean;
  /** How it is planned. The lane's own plan, where none is given. */
  readonly plan?: PlanLane;
  /** Test runs at once; measured, where it is not given. */
  readonly slots?: number;
  readonly slotsMax: number;
}

export interface LaneEnd extends RunCounts {
  /** In the order of landing. */
  readonly merged: readonly string[];
  /** Blocked or superseded. */
  readonly settled: readonly string[];
  /** A landed cure, a red base: what the doctor says may be another thing now. */
  readonly changed: boolean;
}

const pollMs = 100;

/**
 * The lander of one lane (G3, G4): lands what waits before its gate until nothing does, the lane is paused, or main fails by
 * itself. One at a time among all processes, by the lane's lease. What it knows lives in this call alone: a crash leaves the
 * queue in the tickets, at most one intent to land, and test runs that the box ends with their process.
 *
 * Stopped by the world's signal it ends its test runs and leaves; a landing that is under way is finished first.
 */
export async function landLane(world: World, args: LaneArgs): Promise<LaneEnd> {
  return withLease(world, { key: `lane:${args.repo.lane}`, isAlive: args.isAlive, signal: world.signal }, async () => {
    // The lane's last holder may have died between main and the record: settled first, or its tickets land twice (I7).
    await reconcileLandings(world, args.repo.lane);
    const memory = LaneMemory.safeParse((await world.store.read((tx) => tx.notes.get(memoryNote(args.repo.lane))))?.value);
    const lander = createLander(world, args, memory.success ? memory.data : undefined);
    try {
      return await lander.run();
    } catch (cause) {
      world.signal.throwIfAborted();
      await pauseForCrash(world, { repo: args.repo, cause });
      return lander.sum();
    } finally {
      await lander.close();
    }
  });
}

function createLander(world: World, args: LaneArgs, memory: LaneMemory | undefined) {
  const { repo, domain } = args;
  const plan = args.plan ?? planLane;
  const git = world.git.at(repo.path);
  const meter = createSlotMeter(world, { coresPerBuild: memory?.coresPerBuild, max: args.slotsMax });
  const runs = createBuildRuns(world, { repo, grade: args.grade, meter });
  const end = { merged: [] as string[], settled: [] as string[], changed: false };
  /** Test runs that looked for who made main red. */
  let searches = 0;

  let state: LaneState = openLane(memory && { judged: memory.judged, failed: memory.failed }, memory?.window ?? windowStart);
  let main: string | undefined;
  /** Of main: what its checks are and mean. */
  let rules: GateRules | undefined;
  /** The last commit with a receipt, where main is a foreign tip that a ticket takes back. */
  let owned: string | undefined;
  let tickets = new Map<string, Ticket>();
  const cars = new Map<string, Car>();
  const known = createKnownTests();
  const queue = createQueueOrder(world, { repo });
  const alone = new Set<string>();
  let stopped = false;
  let refreshedMs = Number.NEGATIVE_INFINITY;

  return { run, close, sum };

  function sum(): LaneEnd {
    const { controls, ...counts } = runs.counts();
    return { ...end, ...counts, controls: controls + searches };
  }

  async function run(): Promise<LaneEnd> {
    while (!stopped) {
      world.signal.throwIfAborted();
      if (!(await refresh())) break;
      const slots = args.slots ?? meter.slots(state.builds.length);
      const act = plan(state, { slots });
      if (act) {
        await perform(act);
        if (act.kind !== "suspect" && act.kind !== "requeue") await tellActivity(world, { repo, main, state, known, slots });
      } else if (state.builds.length > 0) {
        await Promise.race([runs.next(), world.clock.sleep(pollMs, world.signal)]);
        await collect();
      } else if (!(await refresh({ now: true })) || plan(state, { slots }) === undefined) break;
    }
    return sum();
  }

  async function close(): Promise<void> {
    await runs.cancelAll();
    const coresPerBuild = meter.coresPerBuild();
    const value: LaneMemory = { ...state.rate, window: state.window, ...(coresPerBuild === undefined ? {} : { coresPerBuild }) };
    await world.store.write(async (tx) => tx.notes.put({ id: memoryNote(repo.lane), value }));
    await tellActivity(world, { repo, main: undefined, state, known, slots: 1 });
  }

  /** The queue as the store has it, looked at again after a while; whether the lane may still land. */
  async function refresh({ now = false } = {}): Promise<boolean> {
    if (!now && world.clock.monotonicMs() - refreshedMs < pollMs) return true;
    refreshedMs = world.clock.monotonicMs();
    const { queued, paused } = await world.store.read(async (tx) => ({
      queued: await readQueue(tx, args),
      paused: (await tx.lanes.get(repo.lane))?.paused !== undefined,
    }));
    if (paused) return false;
    tickets = new Map(queued.map((ticket) => [ticket.id, ticket]));
    const before = state.builds;
    const tested = [...state.train, ...state.suspects.map(({ car }) => car)].flatMap(({ id }) =>
      tickets.has(id) ? (cars.get(id) ?? []) : [],
    );
    // Work that is another than was tested begins anew, and what failed of the old is not held against it (I4).
    if (!isAsTested(tested)) state = resetLane(state);
    const ordered = await queue.order(queued, { main, rules });
    state = queueTickets(state, ordered.map(toWaiting));
    await cancelGone(before);
    return true;
  }

  function isAsTested(some: readonly Car[]): boolean {
    return some.every(({ ticket }) => tickets.get(ticket.id)?.work?.commit === ticket.work?.commit);
  }

  function toWaiting(ticket: Ticket): Waiting {
    return { id: ticket.id, urgent: ticket.priority >= urgentFrom, alone: ticket.repairs !== undefined || alone.has(ticket.id) };
  }

  async function cancelGone(before: readonly Build[]): Promise<void> {
    const kept = new Set(state.builds.map(({ id }) => id));
    for (const { id } of before) {
      if (kept.has(id)) continue;
      known.drop(id);
      await runs.cancel(id);
    }
  }

  /** Changes the plan's state, and ends the test runs that it no longer knows. */
  async function become(next: LaneState): Promise<void> {
    const before = state.builds;
    state = next;
    await cancelGone(before);
  }

  async function perform(act: Act): Promise<void> {
    switch (act.kind) {
      case "extend":
        return extend(act.cars);
      case "probe": {
        const some = state.train.slice(0, act.length).map(({ id }) => cars.get(id) as Car);
        const parent = main as string;
        return test(
          { kind: "probe", length: act.length },
          { cars: some, parent, commit: await makePrefixCommit(world, { repo, parent, cars: some }) },
        );
      }
      case "retry":
        return retry(act.car);
      case "control":
        return test({ kind: "control" }, { cars: [], parent: main as string, commit: main as string });
      case "suspect":
        return become(suspectFirst(state));
      case "requeue":
        return become(requeueSuspect(state, act.car));
      case "give-way":
        return become(uncouple(state));
      case "cancel":
        return become(dropBuild(state, act.build));
      case "reject":
        return reject(act.car);
      case "land":
        return land({ length: act.length }, state.greenBy);
      default:
        return land({ car: act.car }, known.healedBy(act.car));
    }
  }

  /** Main as it is: `false` where it is not what was tested on, or nobody may build on it. */
  async function seeMain(next: Ticket | undefined): Promise<boolean> {
    const tip = await findTip(git, repo);
    const mends = next !== undefined && tip.kind === "foreign" && fitsTip(next, tip);
    if (tip.kind !== "owned" && !mends) {
      await pauseForForeignTip(world, { repo, tip: tip.kind === "foreign" ? tip.commit : undefined });
      stopped = true;
      return false;
    }
    owned = tip.kind === "foreign" ? tip.owned : undefined;
    if (tip.commit === main) return true;
    const first = main === undefined;
    main = tip.commit;
    // What came to main outside a landing has no say in what the checks mean: it could not be taken back where it made them red.
    rules = await readGateRules({ git, repo, treeish: owned ?? main, sha256 });
    if (!first) await become(resetLane(state));
    return first;
  }

  async function extend(joining: readonly Waiting[]): Promise<void> {
    const first = tickets.get((joining[0] as Waiting).id);
    if (!(await seeMain(first))) return;
    const train = state.train.map(({ id }) => cars.get(id) as Car);
    const {
      coupled,
      alone: loner,
      refused,
    } = await coupleTrain(world, {
      ...{ domain, repo, main: main as string, rules: rules as GateRules },
      train,
      joining: joining.flatMap(({ id }) => tickets.get(id) ?? []),
      isAlone: (id) => alone.has(id),
    });
    if (loner !== undefined) alone.add(loner);
    for (const car of coupled) cars.set(car.ticket.id, car);
    for (const { ticket, refusal } of refused) await settle(ticket, refusal);
    if (coupled.length === 0) return;
    const joined = coupled.map(({ ticket }) => toWaiting(ticket));
    const all = [...train, ...coupled];
    const parent = parentOf(state.train.length) ?? (main as string);
    const own = parent === main ? all : coupled;
    await test({ kind: "batch", joined }, { cars: all, parent, commit: await makePrefixCommit(world, { repo, parent, cars: own }) });
  }

  /** The commit with which the train as it was would land, where it is under test: the longer prefix stands on it. */
  function parentOf(length: number): string | undefined {
    const build = state.builds.find((one) => (one.kind === "batch" || one.kind === "probe") && one.length === length);
    return build && known.prefix(build.id)?.commit;
  }

  async function retry(id: string): Promise<void> {
    const ticket = tickets.get(id);
    if (!ticket) return become(dropCar(state, id));
    if (!(await seeMain(ticket))) return;
    const result = await coupleSafely(world, { ticket, domain, repo, onto: main as string, rules: rules as GateRules });
    if (result.kind !== "coupled") return settle(ticket, result);
    cars.set(id, result.car);
    await test({ kind: "retry", car: id }, { cars: [result.car], parent: main as string, commit: result.car.commit });
  }

  async function test(build: Parameters<typeof startBuild>[1], prefix: Prefix): Promise<void> {
    state = startBuild(state, build);
    const id = state.lastBuild;
    known.begin(id, prefix);
    reportBuild(world, { repo, kind: build.kind, prefix });
    // A cure is tried where the doctor is below A: that says nothing against it, nor of main.
    const isHeld = (id: string) => known.failure(id)?.outcome.kind === "refused" && tickets.get(id)?.repairs === undefined;
    const judgeBase = state.suspects.some(({ car, step }) => step === "control" && isHeld(car.id));
    runs.start({
      id,
      kind: build.kind,
      base: main as string,
      rules: rules as GateRules,
      commit: prefix.commit,
      cars: prefix.cars,
      judgeBase,
    });
  }

  /** What ended since: counted, and made known to the plan. */
  async function collect(): Promise<void> {
    for (const { id, outcome } of runs.take()) {
      const build = state.builds.find((one) => one.id === id);
      const prefix = known.prefix(id);
      if (!build || !prefix) continue;
      known.end(id, outcome);
      if (outcome.kind !== "green") reportBuild(world, { repo, kind: build.kind, prefix, outcome });
      if (build.kind === "retry" && outcome.kind === "green") await noteFlake(build.car, prefix);
      state = settleBuild(state, { id, green: outcome.kind === "green" });
      if (build.kind === "control" && outcome.kind !== "green" && state.baseRed) {
        const found = await stopRedLane(world, { repo, domain, base: prefix.commit, outcome, waiting: [...tickets.keys()] });
        searches += found.builds;
        end.changed = true;
        stopped = true;
      }
    }
  }

  /** It failed and passed on one tree: the check's doing, unless no check failed. */
  async function noteFlake(id: string, prefix: Prefix): Promise<void> {
    const before = known.failure(id);
    if (before?.outcome.kind !== "red" || before.tree !== prefix.cars.at(-1)?.tree) return;
    await countFlake(world, { repo, prefix: domain.prefix, check: before.outcome.name, ticket: id });
  }

  async function land(which: { length: number } | { car: string }, by: number): Promise<void> {
    const prefix = known.prefix(by);
    const green = known.green(by);
    if (!prefix || !green) throw new Error(`${repo.lane}: build ${by} is to land and is not known`);
    const wanted = "length" in which ? state.train.slice(0, which.length).map(({ id }) => id) : [which.car];
    // Cars that landed before it are main by now.
    const landing = prefix.cars.filter(({ ticket }) => wanted.includes(ticket.id));
    const first = landing[0]?.ticket;
    if (!(await seeMain(first))) return;
    // The operator's pause counts until main moves.
    if (!(await refresh({ now: true }))) {
      stopped = true;
      return;
    }
    // Somebody left the queue meanwhile, and the train with it: the plan begins anew.
    if (!isAsTested(landing) || ("length" in which && state.greenBy !== by)) return;
    state = startLanding(state, which);
    const names = landing.map(({ ticket }) => ticket.id).join(", ");
    world.report({ stage: "merge", domain: repo.domain, ...(first ? { ticket: first.id } : {}), state: "start", text: names });
    const base = main as string;
    const receipt = await writeReceipt(world, {
      repo,
      main: base,
      rules: rules as GateRules,
      ...(owned === undefined ? {} : { from: owned }),
      green: { cars: landing, commit: prefix.commit, parent: prefix.parent, runs: green.runs, diagnosis: green.diagnosis },
    });
    const epochs = Object.fromEntries(landing.map(({ ticket }) => [ticket.id, ticket.epoch]));
    const result = await mergeTrain(world, { repo, receipt, epochs });
    if (result.kind === "paused") stopped = true;
    if (result.kind !== "landed") return become(resetLane(state));
    main = receipt.commit;
    if (landing.some((car) => car.rules.length > 0)) rules = await readGateRules({ git, repo, treeish: main, sha256 });
    await become(finishLanding(state));
    known.keep([...state.builds.map(({ id }) => id), state.greenBy]);
    await tellLanded(landing);
  }

  async function tellLanded(landed: readonly Car[]): Promise<void> {
    for (const { ticket } of landed) {
      end.merged.push(ticket.id);
      if (ticket.repairs !== undefined) end.changed = true;
      const now = await world.store.read((tx) => tx.tickets.get(ticket.id));
      if (now) reportEnd(world, now);
    }
  }

  async function reject(id: string): Promise<void> {
    const ticket = tickets.get(id);
    const failure = known.failure(id);
    if (!ticket || !failure) return become(dropCar(state, id));
    await settle(ticket, refusalOf(ticket, failure));
  }

  async function settle(ticket: Ticket, refusal: Refusal): Promise<void> {
    await settleCar(world, { ticket, refusal });
    end.settled.push(ticket.id);
    await become(dropCar(state, ticket.id));
    const now = await world.store.read((tx) => tx.tickets.get(ticket.id));
    if (now) reportEnd(world, now);
  }
}
