import { type PlanLane, planLane } from "../../src/core/lane/plan-lane.ts";

/**
 * Other ways to plan a lane, for comparison: they drive the same lander by the same acts. What becomes of one that failed alone
 * (retry, control, rejection) is the lane's own way in each.
 */
export interface Strategy {
  readonly name: string;
  readonly slots: number;
  readonly plan: PlanLane;
  /** Expected test runs per ticket at failure chance `p`, by the formula that the literature gives; absent where there is none. */
  readonly predict?: (p: number) => number;
}

/** One ticket after the other. */
const planSerial: PlanLane = (state, args) => {
  const act = planLane(state, args);
  if (act?.kind !== "extend") return act;
  return state.train.length > 0 ? undefined : { kind: "extend", cars: act.cars.slice(0, 1) };
};

/** Dorfman: a batch, and where it fails its tickets one by one. */
const planBatch =
  (size: number): PlanLane =>
  (state, args) => {
    const act = planLane(state, args);
    if (act?.kind === "probe") return { kind: "probe", length: 1 };
    if (act?.kind !== "extend") return act;
    return state.train.length > 0 ? undefined : { kind: "extend", cars: state.queue.slice(0, size) };
  };

/** Zuul: each ticket on top of all before it, a window of them at once; what stood on a failed one is tested anew. */
const planSpeculation =
  (window: number): PlanLane =>
  (state, args) => {
    const act = planLane(state, args);
    if (act?.kind === "probe") return undefined;
    if (act?.kind !== "extend") return act;
    return state.train.length >= window ? undefined : { kind: "extend", cars: act.cars.slice(0, 1) };
  };

const batchSize = 4;
const windowSize = 4;

export const strategies: readonly Strategy[] = [
  { name: "serial", slots: 1, plan: planSerial, predict: () => 1 },
  {
    name: `plain batch of ${batchSize}`,
    slots: 1,
    plan: planBatch(batchSize),
    predict: (p) => 1 / batchSize + 1 - (1 - p) ** batchSize,
  },
  {
    name: `plain speculation, window ${windowSize}`,
    slots: windowSize,
    plan: planSpeculation(windowSize),
    predict: (p) => (windowSize * p) / (1 - (1 - p) ** windowSize),
  },
  { name: "this gate, one slot", slots: 1, plan: planLane },
  { name: "this gate, four slots", slots: 4, plan: planLane },
];
