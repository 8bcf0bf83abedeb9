import type { Ticket } from "../src/contract/ticket.ts";
import { type Agenda, createAgenda, type Standing } from "../src/core/schedule/agenda.ts";
import { pathsOverlap } from "../src/core/schedule/paths-overlap.ts";
import { createSortedList } from "../src/core/schedule/sorted-list.ts";
import { makeTickets } from "./make-tickets.ts";
import { createRandom } from "./seeded.ts";

export interface SimulatedSchedule {
  readonly tickets: number;
  /** The core's own time by the clock, milliseconds: one for each moment at which something ended and others were chosen. */
  readonly decisionsMs: readonly number[];
  /** All that was asked of the core, in order: to ask it again, without a simulation around it. */
  readonly acts: Acts;
  readonly landed: number;
  readonly tookOver: number;
  readonly reworked: number;
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

/** In three lists and not in as many objects: the collector of memory would look through them again and again. */
export interface Acts {
  readonly kinds: ("put" | "remove" | "choose")[];
  /** The ticket that was put, the id that was removed, or how many were to be chosen. */
  readonly subjects: (Ticket | string | number)[];
  /** Of a ticket its standing; of a choice the first that was chosen. */
  readonly details: (Standing | string | undefined)[];
}

const slotsPerRepo = 4;

/**
 * Works off all tickets with the scheduling core of the program itself: workers and lanes are simulated, their times and
 * mishaps drawn from the seed, the choices are the core's. Throws when two tickets whose paths overlap are under way at
 * once, when more run than there are workers or slots, or when one is lost or lands twice.
 */
export function simulateSchedule(args: Load): SimulatedSchedule {
  const random = createRandom(args.seed);
  const all = makeTickets({ count: args.tickets, repositories: args.repositories, exponent: args.exponent, random });
  const acts: Acts = { kinds: [], subjects: [], details: [] };
  const timer = createTimer();
  const agenda = recordAgenda(createAgenda({ slotsPerRepo }), acts, timer);
  const watch = createWatch(args.workers);
  const moments = createSortedList<Moment>((a, b) => a.atMs - b.atMs || a.order - b.order);
  const waiting = new Map<string, Ticket[]>();
  const landed = new Set<string>();
  const laneFreeMs = new Map<string, number>();
  let [nowMs, order, tookOver, reworked, busyMs] = [0, 0, 0, 0, 0];
  const after = (ms: number, run: () => void) => {
    order += 1;
    moments.add({ atMs: nowMs + ms, order, run });
  };

  const arrive = (ticket: Ticket) => {
    const missing = ticket.dependsOn.find((id) => !landed.has(id));
    if (missing === undefined) agenda.put(ticket);
    else waiting.set(missing, [...(waiting.get(missing) ?? []), ticket]);
  };
  const land = (ticket: Ticket) => {
    if (landed.has(ticket.id)) throw new Error(`${ticket.id} landed twice`);
    landed.add(ticket.id);
    agenda.remove(ticket.id);
    watch.release(ticket);
    for (const next of waiting.get(ticket.id) ?? []) arrive(next);
    waiting.delete(ticket.id);
  };
  const finish = (ticket: Ticket) => {
    watch.stop(ticket);
    const fate = random();
    if (fate < 0.03) {
      // Its worker died: the work keeps its paths, and is taken over.
      tookOver += 1;
      agenda.put(ticket);
    } else if (fate < 0.08) {
      // It failed, and what follows it starts anew.
      reworked += 1;
      watch.release(ticket);
      agenda.put({ ...ticket, status: { state: "ready" }, rework: ticket.rework + 1 });
    } else {
      const queued: Ticket = { ...ticket, status: { state: "verifying" } };
      agenda.put(queued, isQueued);
      const freeMs = Math.max(nowMs, laneFreeMs.get(ticket.domain) ?? 0) + 5_000 + random() * 20_000;
      laneFreeMs.set(ticket.domain, freeMs);
      after(freeMs - nowMs, () => land(queued));
    }
  };
  const start = (ticket: Ticket) => {
    const begun: Ticket = { ...ticket, status: { state: "in_progress" }, epoch: ticket.epoch + 1 };
    agenda.put(begun, runs);
    watch.start(begun);
    const lastsMs = 20_000 * -Math.log(1 - random()) + 2_000;
    busyMs += lastsMs;
    after(lastsMs, () => finish(begun));
  };
  const decide = () => {
    const chosen = agenda.choose(args.workers - watch.running);
    for (const { ticket } of chosen) start(ticket);
  };

  for (const ticket of all) arrive(ticket);
  timer.take();
  const decisionsMs: number[] = [];
  decide();
  decisionsMs.push(timer.take());
  for (let moment = moments.first(); moment !== undefined; moment = moments.first()) {
    moments.remove(moment);
    nowMs = moment.atMs;
    moment.run();
    decide();
    decisionsMs.push(timer.take());
  }
  for (const ticket of all) if (!landed.has(ticket.id)) throw new Error(`${ticket.id} is lost`);
  if (agenda.size > 0) throw new Error(`${agenda.size} tickets are left on the agenda`);
  return {
    tickets: all.length,
    decisionsMs,
    acts,
    landed: landed.size,
    tookOver,
    reworked,
    mostRunning: watch.most,
    meanRunning: busyMs / nowMs,
    simulatedHours: nowMs / 3_600_000,
  };
}

/**
 * Asks a new agenda all of it again; gives the processor's time in milliseconds, that of the collector of memory included.
 * Throws where it chooses otherwise.
 */
export function replayActs({ kinds, subjects, details }: Acts): number {
  const from = process.cpuUsage();
  const agenda = createAgenda({ slotsPerRepo });
  for (let at = 0; at < kinds.length; at += 1) {
    if (kinds[at] === "put") agenda.put(subjects[at] as Ticket, details[at] as Standing);
    else if (kinds[at] === "remove") agenda.remove(subjects[at] as string);
    else if (agenda.choose(subjects[at] as number)[0]?.ticket.id !== details[at]) throw new Error("the core chose otherwise");
  }
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

function recordAgenda(agenda: Agenda, acts: Acts, timer: ReturnType<typeof createTimer>): Agenda {
  const note = (kind: Acts["kinds"][number], subject: Acts["subjects"][number], detail: Acts["details"][number]) => {
    acts.kinds.push(kind);
    acts.subjects.push(subject);
    acts.details.push(detail);
  };
  return {
    get size() {
      return agenda.size;
    },
    put(ticket, standing = waits) {
      note("put", ticket, standing);
      timer.time(() => agenda.put(ticket, standing));
    },
    remove(id) {
      note("remove", id, undefined);
      timer.time(() => agenda.remove(id));
    },
    choose(count) {
      const choices = timer.time(() => agenda.choose(count));
      note("choose", count, choices[0]?.ticket.id);
      return choices;
    },
  };
}

const waits: Standing = {};
const runs: Standing = { running: true };
const isQueued: Standing = { open: false };

interface Moment {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** The core's own time since it was last taken, without that of the simulation around it. */
function createTimer() {
  let sumMs = 0;
  return {
    time<T>(body: () => T): T {
      const from = performance.now();
      const result = body();
      sumMs += performance.now() - from;
      return result;
    },
    take(): number {
      const taken = sumMs;
      sumMs = 0;
      return taken;
    },
  };
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
