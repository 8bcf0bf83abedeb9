import type { Lease } from "../../contract/run.ts";
import type { World } from "../../port/world.ts";
import { allDomains, type DoctorCheck, everyTime, fails, failuresOf } from "./doctor-check.ts";

export const leases: DoctorCheck = {
  id: "leases",
  scope: "workspace",
  mendedInRuns: true,
  fingerprint: everyTime,
  examine: async ({ world }) => {
    const { all, tickets } = await world.store.read(async (tx) => ({ all: await tx.leases.list(), tickets: await tx.tickets.list() }));
    const dead = all.filter((lease) => !world.isProcessAlive(lease));
    const owners = new Map(tickets.map((ticket) => [`ticket:${ticket.id}`, ticket.domain]));
    const places = [...new Set(dead.map((lease) => owners.get(lease.key) ?? domainOf(world, lease)))];
    return failuresOf(
      places.map((domain) => {
        const own = dead.filter((lease) => (owners.get(lease.key) ?? domainOf(world, lease)) === domain);
        const fix = "mos doctor --fix gives them back; so does the next mos run.";
        return fails(`held by workers that are gone: ${own.map((lease) => lease.key).join(", ")}`, fix, domain);
      }),
      all.length === 0 ? "none held" : `${all.length} held by live workers`,
    );
  },
  repair: async ({ world }, { dryRun }) => {
    const isDead = (lease: Lease) => !world.isProcessAlive(lease);
    const keys = dryRun
      ? (await world.store.read((tx) => tx.leases.list())).filter(isDead).map((lease) => lease.key)
      : await world.store.write(async (tx) => {
          const dead = (await tx.leases.list()).filter(isDead);
          for (const lease of dead) await tx.leases.remove(lease.key);
          return dead.map((lease) => lease.key);
        });
    if (keys.length === 0) return undefined;
    return `${dryRun ? "would give back" : "gave back"} ${keys.join(", ")}`;
  },
};

/** `lane:music/app` and `slot:music/home/1` are music's. */
function domainOf(world: World, { key }: Lease): string | undefined {
  const name = /^(?:lane|slot):([^/]+)/.exec(key)?.[1];
  return allDomains(world).find((domain) => domain.name === name)?.name;
}
