import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

export const leases: DoctorCheck = {
  id: "leases",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const all = await world.store.read((tx) => tx.leases.list());
    const dead = all.filter((lease) => !world.isProcessAlive(lease));
    if (dead.length === 0) return holds(all.length === 0 ? "none held" : `${all.length} held by live workers`);
    return fails(
      `held by workers that are gone: ${dead.map((lease) => lease.key).join(", ")}`,
      "mos doctor --fix gives them back; so does the next mos run.",
    );
  },
  repair: async ({ world }) => {
    const freed = await world.store.write(async (tx) => {
      const dead = (await tx.leases.list()).filter((lease) => !world.isProcessAlive(lease));
      for (const lease of dead) await tx.leases.remove(lease.key);
      return dead.map((lease) => lease.key);
    });
    return freed.length > 0 ? `gave back ${freed.join(", ")}` : undefined;
  },
};
