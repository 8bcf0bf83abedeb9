import type { Car } from "../../stage/gate/couple-car.ts";
import type { Outcome } from "./build-runs.ts";

/** What a test run is of: the cars beyond main, the commit that is tested, and its first parent. */
export interface Prefix {
  readonly cars: readonly Car[];
  readonly commit: string;
  readonly parent: string;
}

type Green = Extract<Outcome, { kind: "green" }>;
export type Failed = Exclude<Outcome, { kind: "green" }>;

/** By what a ticket failed last, and on which tree. */
export interface Failure {
  readonly outcome: Failed;
  readonly tree: string;
}

/** What a lander knows of its test runs beside the plan. It lives and goes with the lander. */
export function createKnownTests() {
  const prefixes = new Map<number, Prefix>();
  const greens = new Map<number, Green>();
  const failures = new Map<string, Failure>();
  return {
    begin: (id: number, prefix: Prefix) => prefixes.set(id, prefix),
    end: (id: number, outcome: Outcome) => {
      const last = prefixes.get(id)?.cars.at(-1);
      if (outcome.kind === "green") greens.set(id, outcome);
      else if (last) failures.set(last.ticket.id, { outcome, tree: last.tree });
    },
    prefix: (id: number) => prefixes.get(id),
    green: (id: number) => greens.get(id),
    failure: (ticket: string) => failures.get(ticket),
    /** The newest run that was green with this one ticket alone; 0 for none. */
    healedBy: (ticket: string) =>
      [...prefixes].findLast(([id, { cars }]) => greens.has(id) && cars.length === 1 && cars[0]?.ticket.id === ticket)?.[0] ?? 0,
    drop: (id: number) => prefixes.delete(id),
    /** All but these go: no landing to come asks for them. */
    keep: (ids: readonly number[]) => {
      for (const id of [...prefixes.keys()].filter((one) => !ids.includes(one))) {
        prefixes.delete(id);
        greens.delete(id);
      }
    },
  };
}

export type KnownTests = ReturnType<typeof createKnownTests>;
