import type { Lease } from "../contract/run.ts";
import type { World } from "../port/world.ts";
import { listLanes } from "./find-lane.ts";
import { pauseLane } from "./pause-lane.ts";

export interface Stopped {
  /** Lanes that are paused now. */
  readonly lanes: readonly string[];
  /** Workers on this machine that were asked to stop. */
  readonly workers: readonly string[];
}

/**
 * Pauses every lane, then asks every running worker of this workspace to stop as Ctrl-C would: they clean up and
 * leave. A worker that this machine cannot signal is stopped by its lanes. May be repeated.
 *
 * @param interrupt  sends the signal; false when the process is not there
 */
export async function stopAll(world: World, args: { interrupt: (lease: Lease) => boolean }): Promise<Stopped> {
  const lanes: string[] = [];
  for (const { lane } of listLanes(world)) lanes.push((await pauseLane(world, { lane, reason: "mos stop --all" })).id);
  const leases = await world.store.read((tx) => tx.leases.list());
  const others = new Map(leases.filter(({ owner }) => owner !== world.worker.id).map((lease) => [lease.owner, lease]));
  const workers = [...others.values()].filter((lease) => world.isProcessAlive(lease) && args.interrupt(lease)).map(({ owner }) => owner);
  return { lanes, workers };
}
