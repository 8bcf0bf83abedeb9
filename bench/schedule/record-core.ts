import type { Ticket } from "../../src/contract/ticket.ts";
import type { Standing } from "../../src/core/schedule/agenda.ts";
import type { Turn } from "../../src/core/schedule/compare-turn.ts";
import { compareTurns, turnOf } from "../../src/core/schedule/compare-turn.ts";
import { createBinaryHeap } from "./binary-heap.ts";
import { type Core, openCore } from "./open-core.ts";

/**
 * All that was asked of a core, in order: to ask it again without a simulation around it. In three lists and not in as many
 * objects: the collector of memory would look through them again and again.
 */
export interface Acts {
  readonly kinds: Exclude<keyof Core, "size">[];
  /** The ticket, its id, how many are to be chosen, or the lane. */
  readonly subjects: (Ticket | string | number)[];
  /** The ticket's standing, the first that was chosen, the tickets that wait, the kind of act, or the test run: below 0 for a red one. */
  readonly details: (Standing | string | readonly Ticket[] | number | undefined)[];
}

/** The core's own time by the clock, milliseconds: round each call of it and round nothing else. */
export interface OwnTime {
  agendaMs: number;
  laneMs: number;
  /** Of each time that a lane's plan was asked for its next act, carried out. */
  readonly plansMs: number[];
}

/** The same core; what is asked of it is timed and noted. */
export function recordCore(core: Core, acts: Acts, own: OwnTime): Core {
  const note = (kind: Acts["kinds"][number], subject: Acts["subjects"][number], detail: Acts["details"][number]) => {
    acts.kinds.push(kind);
    acts.subjects.push(subject);
    acts.details.push(detail);
  };
  const time = <T>(room: "agendaMs" | "laneMs", body: () => T): T => {
    const fromMs = performance.now();
    const result = body();
    own[room] += performance.now() - fromMs;
    return result;
  };
  return {
    get size() {
      return core.size;
    },
    put(ticket, standing) {
      note("put", ticket, standing);
      time("agendaMs", () => core.put(ticket, standing));
    },
    remove(id) {
      note("remove", id, undefined);
      time("agendaMs", () => core.remove(id));
    },
    choose(count) {
      const choices = time("agendaMs", () => core.choose(count));
      note("choose", count, choices[0]?.ticket.id);
      return choices;
    },
    queue(lane, tickets) {
      note("queue", lane, tickets);
      time("laneMs", () => core.queue(lane, tickets));
    },
    plan(lane) {
      const beforeMs = own.laneMs;
      const planned = time("laneMs", () => core.plan(lane));
      own.plansMs.push(own.laneMs - beforeMs);
      note("plan", lane, planned?.act.kind);
      return planned;
    },
    settle(lane, build, green) {
      note("settle", lane, green ? build : -build);
      return time("laneMs", () => core.settle(lane, build, green));
    },
    finish(lane) {
      note("finish", lane, undefined);
      time("laneMs", () => core.finish(lane));
    },
  };
}

/**
 * Asks a new core all of it again; gives the processor's time in milliseconds, that of the collector of memory included. Throws
 * where it chooses otherwise.
 */
export function replayActs({ kinds, subjects, details }: Acts): number {
  const from = process.cpuUsage();
  const core = openCore();
  for (let at = 0; at < kinds.length; at += 1) {
    const [subject, detail] = [subjects[at], details[at]];
    switch (kinds[at]) {
      case "put":
        core.put(subject as Ticket, detail as Standing);
        break;
      case "remove":
        core.remove(subject as string);
        break;
      case "choose":
        if (core.choose(subject as number)[0]?.ticket.id !== detail) throw new Error("the core chose otherwise");
        break;
      case "queue":
        core.queue(subject as string, detail as readonly Ticket[]);
        break;
      case "plan":
        if (core.plan(subject as string)?.act.kind !== detail) throw new Error("the core planned otherwise");
        break;
      case "settle":
        core.settle(subject as string, Math.abs(detail as number), (detail as number) > 0);
        break;
      default:
        core.finish(subject as string);
    }
  }
  return sinceMs(from);
}

/**
 * The floor: of the same acts only what any scheduler does who knows no paths and no lanes. All tickets in one Map by id, the
 * ready ones in one binary heap by turn, of which the first is taken for each that starts. Gives the processor's time as above.
 */
export function replayFloor({ kinds, subjects, details }: Acts): number {
  const from = process.cpuUsage();
  const tickets = new Map<string, Ticket>();
  const heap = createBinaryHeap<Turn>(compareTurns);
  let taken = 0;
  for (let at = 0; at < kinds.length; at += 1) {
    const subject = subjects[at];
    if (kinds[at] === "put") {
      const ticket = subject as Ticket;
      tickets.set(ticket.id, ticket);
      if (ticket.status.state === "ready") heap.push(turnOf(ticket));
      else if ((details[at] as Standing).running === true && heap.pop() !== undefined) taken += 1;
    } else if (kinds[at] === "remove") tickets.delete(subject as string);
  }
  if (tickets.size > 0 || taken === 0) throw new Error("the floor did not work off the same tickets");
  return sinceMs(from);
}

function sinceMs(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}
