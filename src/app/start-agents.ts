import type { World } from "../port/world.ts";
import { startHeartbeat } from "./hold-lease.ts";
import { refuseWhileStopped } from "./standing-stop.ts";

/**
 * Does what starts agents beside any session (a probe, a proof): refused while everything is stopped, and found by a stop that
 * comes meanwhile, since it is on record as a worker in the very transaction that sees that none stands (G11b, G11c).
 *
 * @throws MosError `stopped`
 */
export async function startAgents<T>(world: World, body: () => Promise<T>): Promise<T> {
  const { id: owner, pid, process } = world.worker;
  const key = `worker:${owner}#agents`;
  await world.store.write(async (tx) => {
    await refuseWhileStopped(tx);
    await tx.leases.put({ key, owner, pid, process, epoch: 1, beat: 0 });
  });
  const heartbeat = startHeartbeat(world, (world.workspace.config.limits.leaseSeconds * 1000) / 4);
  try {
    return await body();
  } finally {
    await heartbeat.stop();
    await world.store.write((tx) => tx.leases.remove(key));
  }
}
