import type { Ticket } from "../../src/contract/ticket.ts";
import type { Standing } from "../../src/core/schedule/agenda.ts";
import { pathsOverlap } from "../../src/core/schedule/paths-overlap.ts";
import { createRandom } from "../seeded.ts";
import { createBinaryHeap } from "./binary-heap.ts";
import { makeTickets } from "./make-tickets.ts";
import { openCore, slotsPerRepo, testsPerLane } from "./open-core.ts";
import { type Acts, type OwnTime, recordCore } from "./record-core.ts";

export interface SimulatedSchedule {
  readonly tickets: number;
  /** The core's own time by the clock, milliseconds: one for each moment at which something ended; and of it the agenda's. */
  readonly decisionsMs: readonly number[];
  readonly agendaMs: readonly number[];
  /** One for each time that a lane's plan was asked. */
  readonly plansMs: readonly number[];
  /** Of putting all tickets on the agenda, before the first decision. */
  readonly loadMs: number;
  /** All that was asked of the core, in order. */
  readonly acts: Acts;
  readonly landed: number;
  readonly landings: number;
  readonly testRuns: number;
  readonly tookOver: number;
  /** Failed before the gate, and at the gate. */
  readonly reworked: number;
  readonly rejected: number;
  /** How many ran at once at most, and on average over the simulated time. */
  readonly mostRunning: number;
  readonly meanRunning: number;
  readonly simulatedHours: number;
}

export interface Load {
  readonly tickets: number;
  readonly repositories: number;
  readonly workers: number;
  readonly seed: number;
  /** How unevenly the repositories are drawn: 1 is evenly. */
  readonly exponent: number;
}

/**
 * Works off all tickets with the scheduling core of the program itself, the agenda and the plan of each lane: workers, test
 * runs and landings are simulated, their times and mishaps drawn from the seed. Throws when two tickets whose paths overlap are
 * under way at once, when more run than there are workers or slots, when a bad one lands, or when one is lost or lands twice.
 */
export function simulateSchedule(args: Load): SimulatedSchedule {
  const random = createRandom(args.seed);
  const all = makeTickets({ count: args.tickets, repositories: args.repositories, exponent: args.exponent, random });
  const acts: Acts = { kinds: [], subjects: [], details: [] };
  const own: OwnTime = { agendaMs: 0, laneMs: 0, plansMs: [] };
  const core = recordCore(openCore(), acts, own);
  const watch = createWatch(args.workers);
  const moments = createBinaryHeap<Moment>((a, b) => a.atMs - b.atMs || a.order - b.order);
  const waiting = new Map<string, Ticket[]>();
  const landed = new Set<string>();
  const gates = new Map<string, Gate>();
  let [nowMs, order, busyMs] = [0, 0, 0];
  const counts = { landings: 0, testRuns: 0, tookOver: 0, reworked: 0, rejected: 0 };
  const after = (ms: number, run: Moment["run"]) => {
    order += 1;
    moments.push({ atMs: nowMs + ms, order, run });
  };

  const arrive = (ticket: Ticket) => {
    const missing = ticket.dependsOn.find((id) => !landed.has(id));
    if (missing === undefined) core.put(ticket, waits);
    else waiting.set(missing, [...(waiting.get(missing) ?? []), ticket]);
  };
  const start = (ticket: Ticket) => {
    const begun: Ticket = { ...ticket, status: { state: "in_progress" }, epoch: ticket.epoch + 1 };
    core.put(begun, runs);
    watch.start(begun);
    const lastsMs = 20_000 * -Math.log(1 - random()) + 2_000;
    busyMs += lastsMs;
    after(lastsMs, () => finish(begun));
  };
  const finish = (ticket: Ticket): true => {
    watch.stop(ticket);
    const fate = random();
    if (fate < 0.03) {
      // Its worker died: the work keeps its paths, and is taken over.
      counts.tookOver += 1;
      core.put(ticket, waits);
    } else if (fate < 0.08) {
      counts.reworked += 1;
      redo(ticket);
    } else enqueue(ticket, random() < 0.05);
    return true;
  };
  /** It failed, and what follows it starts anew. */
  const redo = (ticket: Ticket) => {
    watch.release(ticket);
    core.put({ ...ticket, status: { state: "ready" }, rework: ticket.rework + 1 }, waits);
  };
  const enqueue = (ticket: Ticket, isBad: boolean) => {
    const queued: Ticket = { ...ticket, status: { state: "verifying" } };
    core.put(queued, isQueued);
    const gate = gates.get(ticket.domain) ?? { queued: new Map(), bad: new Set() };
    gates.set(ticket.domain, gate);
    gate.queued.set(ticket.id, queued);
    if (isBad) gate.bad.add(ticket.id);
    drive(ticket.domain, gate);
  };
  /** Lets a lane do all that it wants to do now. */
  const drive = (lane: string, gate: Gate) => {
    core.queue(lane, [...gate.queued.values()]);
    for (let planned = core.plan(lane); planned !== undefined; planned = core.plan(lane)) {
      const { state, tests, lands, rejects } = planned;
      if (state.builds.length > testsPerLane) throw new Error(`${lane} has more test runs than slots`);
      if (tests !== undefined) test(lane, gate, state.lastBuild, tests);
      if (lands !== undefined) after(1_000 + random() * 1_000, () => land(lane, gate, lands));
      if (rejects !== undefined) reject(gate, rejects);
    }
  };
  const test = (lane: string, gate: Gate, build: number, ids: readonly string[]) => {
    counts.testRuns += 1;
    const green = !ids.some((id) => gate.bad.has(id));
    after(5_000 + random() * 20_000, () => {
      if (!core.settle(lane, build, green)) return false;
      drive(lane, gate);
      return true;
    });
  };
  const reject = (gate: Gate, id: string) => {
    const ticket = take(gate, id);
    if (!gate.bad.delete(id)) throw new Error(`${id} is good and was rejected`);
    counts.rejected += 1;
    redo(ticket);
  };
  const land = (lane: string, gate: Gate, ids: readonly string[]): true => {
    counts.landings += 1;
    core.finish(lane);
    for (const id of ids) {
      const ticket = take(gate, id);
      if (landed.has(id)) throw new Error(`${id} landed twice`);
      if (gate.bad.has(id)) throw new Error(`${id} is bad and landed`);
      landed.add(id);
      core.remove(id);
      watch.release(ticket);
      for (const next of waiting.get(id) ?? []) arrive(next);
      waiting.delete(id);
    }
    drive(lane, gate);
    return true;
  };
  const decisionsMs: number[] = [];
  const agendaMs: number[] = [];
  const decide = () => {
    for (const { ticket } of core.choose(args.workers - watch.running)) start(ticket);
    decisionsMs.push(own.agendaMs + own.laneMs);
    agendaMs.push(own.agendaMs);
    own.agendaMs = 0;
    own.laneMs = 0;
  };

  for (const ticket of all) arrive(ticket);
  const loadMs = own.agendaMs;
  own.agendaMs = 0;
  decide();
  for (let moment = moments.pop(); moment !== undefined; moment = moments.pop()) {
    nowMs = moment.atMs;
    if (moment.run()) decide();
  }
  for (const ticket of all) if (!landed.has(ticket.id)) throw new Error(`${ticket.id} is lost`);
  if (core.size > 0) throw new Error(`${core.size} tickets are left on the agenda`);
  return {
    ...{ tickets: all.length, decisionsMs, agendaMs, plansMs: own.plansMs, loadMs, acts },
    ...{ landed: landed.size, ...counts, mostRunning: watch.most, meanRunning: busyMs / nowMs },
    simulatedHours: nowMs / 3_600_000,
  };
}

const waits: Standing = {};
const runs: Standing = { running: true };
const isQueued: Standing = { open: false };

interface Moment {
  readonly atMs: number;
  readonly order: number;
  /** Whether it is one at all: what a lane has given up meanwhile ends unheard. */
  readonly run: () => boolean;
}

/** What stands before a lane's gate, and which of it fails the checks, alone or with whatever. */
interface Gate {
  readonly queued: Map<string, Ticket>;
  readonly bad: Set<string>;
}

function take({ queued }: Gate, id: string): Ticket {
  const ticket = queued.get(id);
  if (ticket === undefined) throw new Error(`${id} does not wait before its gate`);
  queued.delete(id);
  return ticket;
}

/** Holds what is under way against T7 and the bounds, by comparing each with each: no part of the core is believed. */
function createWatch(workers: number) {
  const held = new Map<string, Map<string, { ticket: Ticket; running: boolean }>>();
  let running = 0;
  let most = 0;
  return {
    get running() {
      return running;
    },
    get most() {
      return most;
    },
    start(ticket: Ticket): void {
      const ofRepo = held.get(ticket.domain) ?? new Map<string, { ticket: Ticket; running: boolean }>();
      held.set(ticket.domain, ofRepo);
      for (const other of ofRepo.values())
        if (other.ticket.id !== ticket.id && pathsOverlap(other.ticket, ticket))
          throw new Error(`${ticket.id} and ${other.ticket.id} are under way at once and share a path`);
      if (ofRepo.get(ticket.id)?.running) throw new Error(`${ticket.id} was taken twice`);
      ofRepo.set(ticket.id, { ticket, running: true });
      running += 1;
      most = Math.max(most, running);
      if (running > workers) throw new Error(`${running} run, and there are ${workers} workers`);
      if ([...ofRepo.values()].filter((one) => one.running).length > slotsPerRepo) throw new Error(`${ticket.domain} has too few slots`);
    },
    stop(ticket: Ticket): void {
      running -= 1;
      held.get(ticket.domain)?.set(ticket.id, { ticket, running: false });
    },
    release(ticket: Ticket): void {
      held.get(ticket.domain)?.delete(ticket.id);
    },
  };
}
