import { finishLanding, openLane, queueTickets, settleBuild } from "../../src/core/lane/follow-lane.ts";
import type { LaneState, Waiting } from "../../src/core/lane/lane-state.ts";
import { type Act, type PlanLane, planLane } from "../../src/core/lane/plan-lane.ts";
import { followAct } from "./follow-act.ts";

export interface LaneCase {
  readonly slots: number;
  /** In the order of their arrival; `at` in time units. */
  readonly tickets: readonly (Waiting & { readonly at?: number })[];
  /** Whether main with these, in that order, is green. `run` counts the test runs, so that a check may be flaky. */
  readonly isGreen: (ids: readonly string[], run: number) => boolean;
  /** How long the n-th test run takes. Default 1. */
  readonly takes?: (run: number) => number;
  readonly plan?: PlanLane;
}

export interface LaneOutcome {
  /** Each landing, with its tickets in order. */
  readonly landings: readonly (readonly string[])[];
  readonly rejected: readonly string[];
  readonly baseRed: boolean;
  readonly builds: number;
  readonly retries: number;
  readonly controls: number;
  readonly time: number;
  readonly acts: readonly Act[];
}

/** Plays one lane by the planner alone: no git, no clock, test runs that take as long as they are said to. */
export function simulateLane({ slots, tickets, isGreen, takes = () => 1, plan = planLane }: LaneCase): LaneOutcome {
  const landed: string[] = [];
  const out = { landings: [] as string[][], rejected: [] as string[], builds: 0, retries: 0, controls: 0, acts: [] as Act[] };
  const ends = new Map<number, { at: number; green: boolean }>();
  let state: LaneState = openLane();
  let now = 0;
  let runs = 0;
  const begin = (ids: readonly string[]) => {
    runs += 1;
    ends.set(state.lastBuild, { at: now + takes(runs), green: isGreen([...landed, ...ids], runs) });
  };
  const gone = () => new Set([...landed, ...out.rejected]);
  const queue = () => {
    const away = gone();
    const there = tickets.filter(({ id, at = 0 }) => at <= now && !away.has(id));
    state = queueTickets(state, [...there.filter(({ urgent }) => urgent), ...there.filter(({ urgent }) => !urgent)]);
  };
  for (let steps = 0; steps < 20_000; steps += 1) {
    queue();
    const act = plan(state, { slots });
    if (act === undefined) {
      const next = state.builds
        .map(({ id }) => ({ id, ...(ends.get(id) as { at: number; green: boolean }) }))
        .sort((a, b) => a.at - b.at || a.id - b.id)[0];
      const arrivals = tickets.flatMap(({ at = 0 }) => (at > now ? [at] : []));
      const arrival = arrivals.length > 0 ? Math.min(...arrivals) : undefined;
      if (next === undefined && (arrival === undefined || state.baseRed)) return { ...out, baseRed: state.baseRed, time: now };
      if (next === undefined || (arrival !== undefined && arrival < next.at)) {
        now = arrival as number;
        continue;
      }
      now = next.at;
      state = settleBuild(state, next);
      continue;
    }
    out.acts.push(act);
    if (state.builds.length > slots) throw new Error("more test runs than slots");
    const { state: next, tests, lands, rejects } = followAct(state, act);
    state = lands === undefined ? next : finishLanding(next);
    if (act.kind === "retry") out.retries += 1;
    else if (act.kind === "control") out.controls += 1;
    else if (tests !== undefined) out.builds += 1;
    if (tests !== undefined) begin(tests);
    if (rejects !== undefined) out.rejected.push(rejects);
    if (lands === undefined) continue;
    landed.push(...lands);
    out.landings.push([...lands]);
  }
  throw new Error("the lane did not come to an end");
}

export function waitingOf(
  count: number,
  more: (index: number) => Partial<Waiting> & { at?: number } = () => ({}),
): (Waiting & { at?: number })[] {
  return Array.from({ length: count }, (_, index) => ({ id: `MUS-${index + 1}`, urgent: false, alone: false, ...more(index) }));
}
