import type { Ticket } from "../../src/contract/ticket.ts";
import { finishLanding, openLane, queueTickets, settleBuild } from "../../src/core/lane/follow-lane.ts";
import { groupChanges } from "../../src/core/lane/group-changes.ts";
import type { LaneState } from "../../src/core/lane/lane-state.ts";
import { orderByGroup } from "../../src/core/lane/order-by-group.ts";
import { type Act, planLane } from "../../src/core/lane/plan-lane.ts";
import { type Choice, createAgenda, type Standing } from "../../src/core/schedule/agenda.ts";
import { compareTurn } from "../../src/core/schedule/compare-turn.ts";
import { type Followed, followAct } from "../../test/support/follow-act.ts";

/** All that is asked of the program's scheduling core: its agenda, and a lane's plan for each repository. */
export interface Core {
  readonly size: number;
  put(ticket: Ticket, standing: Standing): void;
  remove(id: string): void;
  choose(count: number): Choice[];
  /** What waits before a lane's gate now, what is under test there included. */
  queue(lane: string, tickets: readonly Ticket[]): void;
  /** The lane's next act, carried out; `undefined` where it waits. */
  plan(lane: string): Planned | undefined;
  /** A test run ended; whether the lane still asked for it. */
  settle(lane: string, build: number, green: boolean): boolean;
  /** Main has moved. */
  finish(lane: string): void;
}

export interface Planned extends Followed {
  readonly act: Act;
}

export const slotsPerRepo = 4;
/** As `mos run` has it: of a repository's slots one is left to the workers. */
export const testsPerLane = slotsPerRepo - 1;
/** From so many on `mos run` orders a lane's queue by groups. */
const groupsFrom = 3;
const urgentFrom = 100;

export function openCore(): Core {
  const agenda = createAgenda({ slotsPerRepo });
  const lanes = new Map<string, LaneState>();
  /** Each lane's groups, kept while the same wait, as the program keeps them. */
  const groups = new Map<string, { readonly key: string; readonly groups: readonly (readonly string[])[] }>();
  const laneOf = (lane: string): LaneState => lanes.get(lane) ?? openLane();
  /** By the declared paths: there is no code here whose imports could be read. */
  const orderQueue = (lane: string, tickets: readonly Ticket[]): readonly Ticket[] => {
    const queued = [...tickets].sort(compareTurn);
    if (queued.length < groupsFrom) return queued;
    const key = queued.map(({ id }) => id).join("\n");
    let last = groups.get(lane);
    if (last?.key !== key) {
      const changes = queued.map(({ id, touches }) => ({ id, paths: touches, isEveryones: false }));
      last = { key, groups: groupChanges({ queued: changes, imports: undefined }) };
      groups.set(lane, last);
    }
    return orderByGroup(queued, last.groups);
  };
  return {
    get size() {
      return agenda.size;
    },
    put: agenda.put,
    remove: agenda.remove,
    choose: agenda.choose,
    queue(lane, tickets) {
      const waiting = orderQueue(lane, tickets).map(({ id, priority }) => ({ id, urgent: priority >= urgentFrom, alone: false }));
      lanes.set(lane, queueTickets(laneOf(lane), waiting));
    },
    plan(lane) {
      const state = laneOf(lane);
      const act = planLane(state, { slots: testsPerLane });
      if (act === undefined) return undefined;
      const followed = followAct(state, act);
      lanes.set(lane, followed.state);
      return { ...followed, act };
    },
    settle(lane, build, green) {
      const state = laneOf(lane);
      lanes.set(lane, settleBuild(state, { id: build, green }));
      return state.builds.some(({ id }) => id === build);
    },
    finish(lane) {
      lanes.set(lane, finishLanding(laneOf(lane)));
    },
  };
}
