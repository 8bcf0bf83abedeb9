import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { GateRules } from "../../core/gate/defining-files.ts";
import type { GradeDomain } from "../../port/ticket-stage.ts";
import type { World } from "../../port/world.ts";
import type { Car } from "../../stage/gate/couple-car.ts";
import { type Tested, testPrefix } from "../../stage/gate/test-prefix.ts";
import type { SlotMeter } from "./measure-slots.ts";

/** How a test run ended, one that could not be made included. */
export type Outcome = Tested | { readonly kind: "error"; readonly reason: string; readonly clears: string };

export interface EndedRun {
  readonly id: number;
  readonly outcome: Outcome;
}

/** Runs of the checks that were begun, those that were ended before their end too: none where a repository has no code. */
export interface RunCounts {
  /** Of what was to land: batches and probes. */
  readonly builds: number;
  /** Of suspects. */
  readonly retries: number;
  /** Of main without them. */
  readonly controls: number;
}

export interface BuildRuns {
  start(build: {
    id: number;
    kind: string;
    base: string;
    rules: GateRules;
    commit: string;
    cars: readonly Car[];
    judgeBase?: boolean;
  }): void;
  /** Until one more has ended, or none runs. */
  next(): Promise<void>;
  /** Those that ended since the last call, in the order of ending. */
  take(): EndedRun[];
  /** Ends one, and waits until its processes are gone. */
  cancel(id: number): Promise<void>;
  cancelAll(): Promise<void>;
  counts(): RunCounts;
}

/** The test runs of one lander that go on at once. */
export function createBuildRuns(world: World, args: { repo: RepoHandle; grade: GradeDomain; meter: SlotMeter }): BuildRuns {
  const { repo, grade, meter } = args;
  const running = new Map<number, { controller: AbortController; done: Promise<void> }>();
  let ended: EndedRun[] = [];
  const counts = { builds: 0, retries: 0, controls: 0 };

  const runOne = async (build: Parameters<BuildRuns["start"]>[0], signal: AbortSignal, again: () => void): Promise<Outcome> => {
    const logBase = `log/gate/${repo.domain}/${repo.name}/${build.commit.slice(0, 12)}-${build.kind}`;
    const test = async (log: string): Promise<Outcome> => {
      try {
        return await testPrefix(world, { ...build, repo, grade, signal, logBase: log, judgeBase: build.judgeBase ?? false });
      } catch (cause) {
        signal.throwIfAborted();
        const reason = cause instanceof Error ? cause.message : String(cause);
        const clears = cause instanceof MosError && cause.hint !== undefined ? cause.hint : "The cause is mended.";
        return { kind: "error", reason: reason.slice(0, 500), clears };
      }
    };
    const first = await test(logBase);
    // A test that could not be made says nothing of any ticket; and a main that is red stops everyone: not for what chance did once.
    if (first.kind !== "error" && (first.kind !== "red" || build.kind !== "control")) return first;
    again();
    return test(`${logBase}-again`);
  };

  const cancel = async (id: number) => {
    const run = running.get(id);
    run?.controller.abort();
    await run?.done;
    ended = ended.filter((one) => one.id !== id);
  };

  return {
    start: (build) => {
      const controller = new AbortController();
      const measured = meter.begin();
      const of = build.kind === "retry" ? "retries" : build.kind === "control" ? "controls" : "builds";
      const again = () => {
        counts[of] += 1;
      };
      // What changes the checks' rules is tested with the old ones too.
      if (!repo.knowledgeOnly) counts[of] += build.cars.some(({ rules }) => rules.length > 0) ? 2 : 1;
      const done = runOne(build, AbortSignal.any([controller.signal, world.signal]), again).then(
        (outcome) => {
          measured();
          running.delete(build.id);
          ended.push({ id: build.id, outcome });
        },
        () => {
          measured();
          running.delete(build.id);
        },
      );
      running.set(build.id, { controller, done });
    },
    next: async () => {
      if (ended.length === 0) await Promise.race([...running.values()].map(({ done }) => done));
    },
    take: () => ended.splice(0),
    cancel,
    cancelAll: async () => {
      await Promise.all([...running.keys()].map(cancel));
    },
    counts: () => ({ ...counts }),
  };
}
