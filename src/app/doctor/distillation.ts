import { Cron } from "croner";
import type { Domain } from "../../contract/config.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import { type DoctorCheck, everyTime, fails, holds } from "./doctor-check.ts";

/** An artifact may be passed over by one distillation of its domain's rhythm, not by two. */
const missedMax = 1;

export const distillation: DoctorCheck = {
  id: "distillation",
  scope: "domain",
  fingerprint: everyTime,
  examine: async ({ world }, domain) => {
    const artifacts = await world.store.read((tx) => tx.artifacts.list({ domain: domain.name }));
    const waiting = artifacts.filter((artifact) => artifact.distilledAt === undefined);
    const now = Date.parse(world.clock.now());
    const late = waiting.filter((artifact) => isLate(artifact, domain, now));
    if (late.length === 0) return holds(`${waiting.length} artifacts wait, none too long`);
    const oldest = late.map((artifact) => artifact.at).sort()[0];
    return fails(
      `${domain.name}: ${late.length} artifacts were passed over by its rhythm (${domain.rhythm.distill}), the oldest of ${oldest}`,
      `mos distill --domain ${domain.name}`,
    );
  },
};

function isLate(artifact: Artifact, { rhythm }: Domain, now: number): boolean {
  const cron = new Cron(rhythm.distill, { paused: true, mode: "5-part" });
  let due: Date | null = new Date(artifact.at);
  for (let runs = 0; runs <= missedMax && due; runs += 1) due = cron.nextRun(due);
  return due !== null && due.getTime() < now;
}
