import type { RepoHandle } from "../../contract/config.ts";
import type { LaneActivity } from "../../contract/run.ts";
import { estimateFailure, sizeBatch } from "../../core/lane/failure-rate.ts";
import type { LaneState } from "../../core/lane/lane-state.ts";
import type { World } from "../../port/world.ts";
import type { KnownTests } from "./known-tests.ts";

/** Where a lane's lander says what it is at. Counts only while somebody holds the lane. */
export function activityNote(lane: string): string {
  return `gate:${lane}`;
}

/** Where a lane's landers leave what they learned of it. */
export function memoryNote(lane: string): string {
  return `lane:${lane}`;
}

/**
 * Makes the lander's state known to other processes (`mos gate status`, `mos ticket show`). The note is of no use to a lander.
 *
 * @param args.main  `undefined`: the lander is done, and the note goes
 */
export async function tellActivity(
  world: World,
  args: {
    repo: RepoHandle;
    main: string | undefined;
    state: LaneState;
    known: Pick<KnownTests, "prefix">;
    slots: number;
  },
): Promise<void> {
  const { repo, main, state, known } = args;
  const id = activityNote(repo.lane);
  if (main === undefined) {
    await world.store.write((tx) => tx.notes.remove(id));
    return;
  }
  await world.store.write(async (tx) => {
    const before = (await tx.notes.get(id))?.value as Partial<LaneActivity> | undefined;
    const value: LaneActivity = {
      base: main,
      slots: args.slots,
      window: state.window,
      failureRate: estimateFailure(state.rate),
      batch: sizeBatch(state.rate),
      train: state.train.map((car) => car.id),
      builds: state.builds.flatMap(({ id: build, kind }) => {
        const prefix = known.prefix(build);
        if (!prefix) return [];
        const since = before?.builds?.find((one) => one.commit === prefix.commit && one.kind === kind)?.since ?? world.clock.now();
        return [{ kind, tickets: prefix.cars.map(({ ticket }) => ticket.id), commit: prefix.commit, since }];
      }),
      suspects: state.suspects.map(({ car, step }) => ({ ticket: car.id, step })),
      landing: state.landing ? landingOf(state) : [],
    };
    await tx.notes.put({ id, value });
  });
}

function landingOf({ landing, train }: LaneState): string[] {
  if (!landing) return [];
  return landing.car === undefined ? train.slice(0, landing.length).map(({ id }) => id) : [landing.car];
}
