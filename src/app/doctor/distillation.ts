import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

/** An artifact waits at most two days: distillation runs daily, and one day may be missed. */
const waitMaxMs = 2 * 24 * 3_600_000;

export const distillation: DoctorCheck = {
  id: "distillation",
  scope: "domain",
  fingerprint: byMinute,
  examine: async ({ world }, domain) => {
    const artifacts = await world.store.read((tx) => tx.artifacts.list({ domain: domain.name }));
    const now = Date.parse(world.clock.now());
    const late = artifacts.filter((artifact) => artifact.distilledAt === undefined && now - Date.parse(artifact.at) > waitMaxMs);
    if (late.length === 0)
      return holds(`${artifacts.filter((artifact) => artifact.distilledAt === undefined).length} artifacts wait, none too long`);
    return fails(`${domain.name}: ${late.length} artifacts have waited for more than two days`, `mos distill --domain ${domain.name}`);
  },
};
