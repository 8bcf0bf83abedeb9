import type { FailureRate } from "./failure-rate.ts";

/** A verified ticket before the gate. */
export interface Waiting {
  readonly id: string;
  /** G6: before everything that is not. */
  readonly urgent: boolean;
  /** Lands by itself: it changes what checks mean, cures the doctor, or takes a foreign range back. */
  readonly alone: boolean;
}

/**
 * One test run. `batch`: main and the first `length` cars, the newest of them never tested before. `probe`: a shorter prefix of
 * one that failed. `retry`: main and one suspect. `control`: main alone.
 */
export type Build =
  | { readonly id: number; readonly kind: "batch" | "probe"; readonly length: number }
  | { readonly id: number; readonly kind: "retry"; readonly car: string; readonly main: number }
  | { readonly id: number; readonly kind: "control"; readonly main: number };

/**
 * A ticket that failed where everything before it passed (G4). `retry`: it is to be tested once more, alone on main. `control`:
 * it failed again, and main is to be tested without it. `healed`: the same work passed at the second try.
 */
export interface Suspect {
  readonly car: Waiting;
  readonly step: "retry" | "control" | "healed";
  /** The build that first failed with it. */
  readonly since: number;
  /** Which main its retry was tested on. */
  readonly main?: number;
}

/**
 * What a lane's lander knows, and nothing else: every decision is a pure function of this and the free slots. Nothing of it
 * survives a crash, nor needs to: the queue is derived from the tickets, main from git.
 *
 * The train is the order in which its cars would land on main; `green` and `red` are lengths of its prefixes.
 */
export interface LaneState {
  /** Next first. Cars of the train and suspects are not in it. */
  readonly queue: readonly Waiting[];
  readonly train: readonly Waiting[];
  /** The longest prefix that passed; 0 is main itself. */
  readonly green: number;
  /** The build that showed it; 0 for none. */
  readonly greenBy: number;
  /** The shortest prefix that failed. */
  readonly red: number | undefined;
  /** The build that first failed in this train; 0 for none. */
  readonly redBy: number;
  readonly builds: readonly Build[];
  readonly suspects: readonly Suspect[];
  /** Main is being moved: by that prefix, or by one suspect that healed. */
  readonly landing: { readonly length: number; readonly car?: string; readonly by: number } | undefined;
  /** Rises with each move of main. */
  readonly main: number;
  /** The newest build that showed this very main to be green; 0 for none by this lander. */
  readonly mainGreen: number;
  /** Main fails without any ticket: nothing is begun any more. */
  readonly baseRed: boolean;
  readonly rate: FailureRate;
  /** How many cars the train may have. */
  readonly window: number;
  /** The last build's number. */
  readonly lastBuild: number;
}
