import type { Lease } from "../contract/run.ts";
import type { World } from "../port/world.ts";

const pollMs = 50;

/**
 * Whether leases are alive, as one observer sees it (T5): the process is there, and its beat has moved within
 * `leaseSeconds` of the observer's own monotonic clock. Wall clocks, of this machine or another, are not asked.
 */
export function createLeaseObserver(world: Pick<World, "clock" | "isProcessAlive" | "worker">, leaseMs: number) {
  const seen = new Map<string, { beat: string; sinceMs: number }>();
  return (lease: Lease): boolean => {
    if (lease.owner === world.worker.id) return true;
    if (!world.isProcessAlive(lease)) return false;
    const beat = `${lease.owner}/${lease.epoch}/${lease.beat}`;
    const known = seen.get(lease.key);
    if (known?.beat !== beat) {
      seen.set(lease.key, { beat, sinceMs: world.clock.monotonicMs() });
      return true;
    }
    return world.clock.monotonicMs() - known.sinceMs < leaseMs;
  };
}

/**
 * Holds `key` while `body` runs, waiting for whoever holds it now; one holder among all processes. The lease is given back
 * in any case; a crash leaves it to the next observer.
 */
export async function withLease<T>(
  world: World,
  args: { key: string; isAlive: (lease: Lease) => boolean; signal: AbortSignal },
  body: () => Promise<T>,
): Promise<T> {
  const { key, isAlive, signal } = args;
  const holder = `${world.worker.id}#${nextHolder()}`;
  const take = () =>
    world.store.write(async (tx) => {
      const held = await tx.leases.get(key);
      if (held && isHeld(world, held, isAlive)) return false;
      await tx.leases.put({
        key,
        owner: holder,
        pid: world.worker.pid,
        process: world.worker.process,
        epoch: (held?.epoch ?? 0) + 1,
        beat: 0,
      });
      return true;
    });
  while (!(await take())) {
    signal.throwIfAborted();
    await world.clock.sleep(pollMs, signal);
  }
  try {
    return await body();
  } finally {
    await world.store.write(async (tx) => {
      if ((await tx.leases.get(key))?.owner === holder) await tx.leases.remove(key);
    });
  }
}

/** A lane's lease is not given up to a pause of its holder: only a process that is gone loses it. */
function isHeld(world: World, lease: Lease, isAlive: (lease: Lease) => boolean): boolean {
  return lease.key.startsWith("lane:") ? world.isProcessAlive(lease) : isAlive(lease);
}

let holders = 0;
function nextHolder(): number {
  holders += 1;
  return holders;
}

/**
 * Raises the beat of this worker's leases until `stop`; one write for all of them. One of them, `worker:…`, is the worker's own, so
 * that it is on record while it holds nothing else (G11).
 */
export function startHeartbeat(world: World, everyMs: number): { stop(): Promise<void> } {
  const controller = new AbortController();
  const { id: owner, pid, process } = world.worker;
  const key = `worker:${owner}#${nextHolder()}`;
  const beat = async () => {
    await world.store.write((tx) => tx.leases.put({ key, owner, pid, process, epoch: 1, beat: 0 })).catch(() => undefined);
    while (!controller.signal.aborted) {
      await world.clock.sleep(everyMs, controller.signal).catch(() => undefined);
      if (controller.signal.aborted) return;
      await world.store
        .write(async (tx) => {
          for (const lease of await tx.leases.list()) {
            if (lease.pid === world.worker.pid && lease.process === world.worker.process)
              await tx.leases.put({ ...lease, beat: lease.beat + 1 });
          }
        })
        .catch(() => undefined);
    }
  };
  const done = beat();
  return {
    stop: async () => {
      controller.abort();
      await done;
      await world.store.write((tx) => tx.leases.remove(key)).catch(() => undefined);
    },
  };
}
