import { unreachable } from "../../contract/error.ts";
import { sizeBatch } from "./failure-rate.ts";
import type { Build, LaneState, Suspect, Waiting } from "./lane-state.ts";

/** What a lander is to do next. */
export type Act =
  /** Main moves to the prefix that passed. */
  | { readonly kind: "land"; readonly length: number }
  /** Main moves to main and the one suspect, which passed at the second try on this very main. */
  | { readonly kind: "land-healed"; readonly car: string }
  /** These join the train, and the whole of it is tested. */
  | { readonly kind: "extend"; readonly cars: readonly Waiting[] }
  | { readonly kind: "probe"; readonly length: number }
  | { readonly kind: "retry"; readonly car: string }
  | { readonly kind: "control" }
  /** The train's first car failed on main: it leaves the train and is looked at by itself. */
  | { readonly kind: "suspect"; readonly car: string }
  /** It failed twice, on a main that is green. */
  | { readonly kind: "reject"; readonly car: string }
  /** Another ticket's work has passed meanwhile, or it healed on a main that is no more: it is tested again with others. */
  | { readonly kind: "requeue"; readonly car: string }
  /** Something urgent waits: what is not green yet goes back to the queue behind it (G6). */
  | { readonly kind: "give-way" }
  /** Its result would say nothing new. */
  | { readonly kind: "cancel"; readonly build: number };

/** How a lane is planned. The lander takes any, so that others can be measured on the same tickets. */
export type PlanLane = (state: LaneState, args: { slots: number }) => Act | undefined;

/**
 * The next act of a lane, or `undefined` while there is nothing to do but wait (G4). Pure; may be asked again at any time.
 *
 * What passed lands at once. What failed is bisected by prefixes, in as many slots as are free: everything before the shortest
 * prefix that failed is innocent once it passed, everything after it is not asked. The one that is left is retried alone, and
 * main is tested without it unless it was seen green since. All else extends the train by batches, within the window.
 *
 * @param args.slots  test runs that may go on at once, those that run included
 */
export const planLane: PlanLane = (state, { slots }) => {
  const idle = findIdleBuild(state);
  if (idle) return { kind: "cancel", build: idle.id };
  if (state.baseRed) return undefined;
  const free = slots - state.builds.length;
  return landNext(state) ?? settleSuspect(state, free) ?? narrowDown(state, free) ?? giveWay(state) ?? extendTrain(state, free);
};

/** A run whose prefix is known to be green or red by another. */
function findIdleBuild({ builds, green, red }: LaneState): Build | undefined {
  return builds.find(
    (build) => (build.kind === "batch" || build.kind === "probe") && (build.length <= green || (red !== undefined && build.length > red)),
  );
}

function landNext({ green, landing }: LaneState): Act | undefined {
  return green > 0 && landing === undefined ? { kind: "land", length: green } : undefined;
}

function settleSuspect(state: LaneState, free: number): Act | undefined {
  if (state.landing !== undefined) return undefined;
  for (const suspect of state.suspects) {
    const act = settleOne(state, suspect, free);
    if (act) return act;
  }
  return undefined;
}

function settleOne(
  { train, builds, main, mainGreen }: LaneState,
  { car, step, since, main: testedOn }: Suspect,
  free: number,
): Act | undefined {
  const { id } = car;
  switch (step) {
    case "retry":
      return free > 0 && !builds.some((build) => build.kind === "retry" && build.car === id) ? { kind: "retry", car: id } : undefined;
    case "healed":
      // Landed at once it would take the ground from under the others' tests.
      return testedOn === main && train.length === 0 ? { kind: "land-healed", car: id } : { kind: "requeue", car: id };
    case "control":
      if (mainGreen > since) return { kind: "reject", car: id };
      // Main has moved, by what was tested before all this: nothing is known of it now.
      if (testedOn !== main) return { kind: "requeue", car: id };
      return free > 0 && !builds.some(({ kind }) => kind === "control") ? { kind: "control" } : undefined;
    default:
      return unreachable(step);
  }
}

/** Within one red prefix: the car, or where to look. */
function narrowDown({ red, train, builds, landing }: LaneState, free: number): Act | undefined {
  if (red === undefined || landing !== undefined) return undefined;
  if (red === 1) return { kind: "suspect", car: (train[0] as Waiting).id };
  const running = builds.flatMap((build) => (build.kind === "batch" || build.kind === "probe" ? [build.length] : []));
  const probes = (red >= pairFrom ? 2 : 1) - running.length;
  if (free <= 0 || probes <= 0) return undefined;
  const length = splitPrefix({ red, running, free: Math.min(free, probes) });
  return length === undefined ? undefined : { kind: "probe", length };
}

/** Two probes at once find the one sooner and cost more runs: worth it only while many are unknown (ADR 18). */
const pairFrom = 6;

/** Where the next probe parts what is unknown, below `red` and beside those that run. */
function splitPrefix({ red, running, free }: { red: number; running: readonly number[]; free: number }): number | undefined {
  const count = Math.min(free + running.length, red - 1);
  const even = Array.from({ length: count }, (_, index) => Math.round(((index + 1) * red) / (count + 1)));
  if (running.every((length) => even.includes(length))) return even.find((length) => !running.includes(length));
  const marks = [0, ...running, red].sort((a, b) => a - b);
  let widest = { from: 0, gap: 1 };
  for (let index = 1; index < marks.length; index += 1) {
    const [from, to] = [marks[index - 1] as number, marks[index] as number];
    if (to - from > widest.gap) widest = { from, gap: to - from };
  }
  return widest.gap < 2 ? undefined : widest.from + Math.floor(widest.gap / 2);
}

function giveWay({ queue, train, landing }: LaneState): Act | undefined {
  const overtaken = queue[0]?.urgent === true && train.some((car) => !car.urgent);
  return overtaken && landing === undefined ? { kind: "give-way" } : undefined;
}

function extendTrain({ queue, train, red, rate, window, landing }: LaneState, free: number): Act | undefined {
  const next = queue[0];
  if (next === undefined || free <= 0 || red !== undefined || train[0]?.alone) return undefined;
  if (next.alone) return train.length === 0 && landing === undefined ? { kind: "extend", cars: [next] } : undefined;
  const room = Math.min(sizeBatch(rate), window - train.length);
  if (room <= 0) return undefined;
  const cars: Waiting[] = [];
  for (const car of queue.slice(0, room)) {
    // An urgent one does not wait for what others' work may break.
    if (car.alone || (next.urgent && !car.urgent)) break;
    cars.push(car);
  }
  return { kind: "extend", cars };
}
