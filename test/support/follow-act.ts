import { dropBuild, dropCar, requeueSuspect, startBuild, startLanding, suspectFirst, uncouple } from "../../src/core/lane/follow-lane.ts";
import type { LaneState } from "../../src/core/lane/lane-state.ts";
import type { Act } from "../../src/core/lane/plan-lane.ts";

/** What a lane is after an act of its plan, and what the world is asked for. */
export interface Followed {
  readonly state: LaneState;
  /** A test run began, `state.lastBuild`: of main and these, in this order. */
  readonly tests?: readonly string[];
  /** Main moves to these; `finishLanding` once it has. */
  readonly lands?: readonly string[];
  readonly rejects?: string;
}

/** An act carried out by the lane's own transitions alone, where nothing comes between the plan and the world. */
export function followAct(state: LaneState, act: Act): Followed {
  switch (act.kind) {
    case "extend": {
      const next = startBuild(state, { kind: "batch", joined: act.cars });
      return { state: next, tests: next.train.map(({ id }) => id) };
    }
    case "probe":
      return { state: startBuild(state, act), tests: firstOf(state, act.length) };
    case "retry":
      return { state: startBuild(state, act), tests: [act.car] };
    case "control":
      return { state: startBuild(state, act), tests: [] };
    case "land":
      return { state: startLanding(state, act), lands: firstOf(state, act.length) };
    case "land-healed":
      return { state: startLanding(state, act), lands: [act.car] };
    case "suspect":
      return { state: suspectFirst(state) };
    case "requeue":
      return { state: requeueSuspect(state, act.car) };
    case "reject":
      return { state: dropCar(state, act.car), rejects: act.car };
    case "give-way":
      return { state: uncouple(state) };
    default:
      return { state: dropBuild(state, act.build) };
  }
}

function firstOf({ train }: LaneState, length: number): string[] {
  return train.slice(0, length).map(({ id }) => id);
}
