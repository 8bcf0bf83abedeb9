import { countJudged, type FailureRate, unknownRate } from "./failure-rate.ts";
import type { Build, LaneState, Suspect, Waiting } from "./lane-state.ts";

/** As Zuul has it: twenty changes ahead at first, one more with each success, half with each failure, three at the least. */
export const windowStart = 20;
const windowLeast = 3;
const windowMost = 64;

export function openLane(rate: FailureRate = unknownRate, window: number = windowStart): LaneState {
  return {
    ...{ queue: [], train: [], green: 0, greenBy: 0, red: undefined, redBy: 0, builds: [], suspects: [], landing: undefined },
    ...{ main: 1, mainGreen: 0, baseRed: false, rate, window, lastBuild: 0 },
  };
}

/**
 * The queue as it is now, in order. What is no longer in it has been taken away by the operator: where that was a car of the
 * train, the train as it stood can not land, and its other cars wait again.
 */
export function queueTickets(state: LaneState, waiting: readonly Waiting[]): LaneState {
  const there = new Set(waiting.map(({ id }) => id));
  const suspects = state.suspects.filter(({ car }) => there.has(car.id));
  const base = state.train.every(({ id }) => there.has(id)) ? state : uncouple(state);
  const taken = new Set([...base.train.map(({ id }) => id), ...suspects.map(({ car }) => car.id)]);
  return { ...base, suspects, queue: waiting.filter(({ id }) => !taken.has(id)) };
}

export type NewBuild =
  | { readonly kind: "batch"; readonly joined: readonly Waiting[] }
  | { readonly kind: "probe"; readonly length: number }
  | { readonly kind: "retry"; readonly car: string }
  | { readonly kind: "control" };

/** A test run begins; its number is the new `lastBuild`. */
export function startBuild(state: LaneState, build: NewBuild): LaneState {
  const id = state.lastBuild + 1;
  const started = (made: Build): LaneState => ({ ...state, builds: [...state.builds, made], lastBuild: id });
  switch (build.kind) {
    case "batch": {
      const joined = new Set(build.joined.map((car) => car.id));
      const train = [...state.train, ...build.joined];
      const queue = state.queue.filter((car) => !joined.has(car.id));
      return { ...started({ id, kind: "batch", length: train.length }), train, queue };
    }
    case "probe":
      return started({ id, kind: "probe", length: build.length });
    case "retry":
      return started({ id, kind: "retry", car: build.car, main: state.main });
    default:
      return started({ id, kind: "control", main: state.main });
  }
}

export function dropBuild(state: LaneState, id: number): LaneState {
  return { ...state, builds: state.builds.filter((build) => build.id !== id) };
}

/** A test run ended. One whose train or main is gone meanwhile says nothing. */
export function settleBuild(state: LaneState, { id, green }: { id: number; green: boolean }): LaneState {
  const build = state.builds.find((one) => one.id === id);
  if (!build) return state;
  const rest = dropBuild(state, id);
  if (build.kind === "retry") return settleRetry(rest, build, green);
  if (build.kind === "control") {
    if (build.main !== rest.main) return rest;
    return green ? { ...rest, mainGreen: id } : { ...rest, baseRed: true };
  }
  if (green) {
    const longest = Math.max(rest.green, build.length);
    // A longer prefix that passed outweighs a shorter one that failed: its tree is what would be main.
    const healed = rest.red !== undefined && rest.red <= longest;
    return {
      ...rest,
      green: longest,
      greenBy: longest === rest.green ? rest.greenBy : id,
      ...(healed ? { red: undefined, redBy: 0 } : {}),
    };
  }
  if (build.length <= rest.green) return rest;
  const first = rest.red === undefined;
  return {
    ...rest,
    red: Math.min(rest.red ?? build.length, build.length),
    redBy: first ? id : rest.redBy,
    window: first ? Math.max(windowLeast, Math.floor(rest.window / 2)) : rest.window,
  };
}

function settleRetry(state: LaneState, build: Extract<Build, { kind: "retry" }>, green: boolean): LaneState {
  const judge = (suspect: Suspect): Suspect => ({ ...suspect, step: green ? "healed" : "control", main: build.main });
  return { ...state, suspects: state.suspects.map((one) => (one.car.id === build.car ? judge(one) : one)) };
}

/** The first car leaves the train, and with it all that was known of longer prefixes. */
export function suspectFirst(state: LaneState): LaneState {
  const [car, ...others] = state.train;
  if (!car) return state;
  return { ...uncouple({ ...state, train: others }), suspects: [...state.suspects, { car, step: "retry", since: state.redBy }] };
}

/** The train's cars wait again, in their order, before all others of their urgency. */
export function uncouple(state: LaneState): LaneState {
  const waiting = [...state.train, ...state.queue];
  return {
    ...state,
    train: [],
    ...{ green: 0, greenBy: 0, red: undefined, redBy: 0 },
    builds: state.builds.filter(({ kind }) => kind === "retry" || kind === "control"),
    queue: urgentFirst(waiting),
  };
}

/** Main begins to move: to the prefix of that length, or to the one suspect that healed. */
export function startLanding(state: LaneState, args: { length: number } | { car: string }): LaneState {
  if ("length" in args) return { ...state, landing: { length: args.length, by: state.greenBy } };
  // Its retry showed main with it to be green, and began before what else may be in doubt: it is no control of others.
  return { ...state, landing: { length: 1, car: args.car, by: 0 } };
}

/** Main has the prefix: its cars are gone, lengths count from the new main. */
export function finishLanding(state: LaneState): LaneState {
  const { landing } = state;
  if (!landing) return state;
  const moved = { ...state, landing: undefined, main: state.main + 1, mainGreen: landing.by };
  if (landing.car !== undefined) {
    // The train stood on the main before it.
    const suspects = state.suspects.filter(({ car }) => car.id !== landing.car);
    return { ...uncouple(moved), suspects, rate: countJudged(state.rate, { landed: 1 }) };
  }
  const { length } = landing;
  return {
    ...moved,
    train: state.train.slice(length),
    ...(state.green > length ? { green: state.green - length } : { green: 0, greenBy: 0 }),
    red: state.red === undefined ? undefined : state.red - length,
    builds: state.builds.flatMap((build): Build[] => {
      if (build.kind === "retry" || build.kind === "control") return [build];
      return build.length > length ? [{ ...build, length: build.length - length }] : [];
    }),
    rate: countJudged(state.rate, { landed: length }),
    window: Math.min(windowMost, state.window + 1),
  };
}

/** Main moved, or may have, by other hands: nothing that was tested on the old one counts. */
export function resetLane(state: LaneState): LaneState {
  const freed = uncouple(state);
  return {
    ...freed,
    queue: urgentFirst([...state.suspects.map(({ car }) => car), ...freed.queue]),
    ...{ suspects: [], builds: [], landing: undefined, main: state.main + 1, mainGreen: 0, baseRed: false },
  };
}

/** It is rejected, or settled otherwise: it is nowhere any more. */
export function dropCar(state: LaneState, car: string): LaneState {
  const gone = state.suspects.some((one) => one.car.id === car);
  return {
    ...state,
    suspects: state.suspects.filter((one) => one.car.id !== car),
    queue: state.queue.filter(({ id }) => id !== car),
    builds: state.builds.filter((build) => build.kind !== "retry" || build.car !== car),
    rate: gone ? countJudged(state.rate, { failed: 1 }) : state.rate,
  };
}

/** A suspect waits again, in front. */
export function requeueSuspect(state: LaneState, car: string): LaneState {
  const back = state.suspects.flatMap((one) => (one.car.id === car ? [one.car] : []));
  const suspects = state.suspects.filter((one) => one.car.id !== car);
  return { ...state, suspects, queue: urgentFirst([...back, ...state.queue]) };
}

function urgentFirst(waiting: readonly Waiting[]): Waiting[] {
  return [...waiting.filter(({ urgent }) => urgent), ...waiting.filter(({ urgent }) => !urgent)];
}
