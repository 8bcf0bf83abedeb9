import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

export const storeIntegrity: DoctorCheck = {
  id: "store-integrity",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const problems = await world.store.integrityProblems();
    if (problems.length === 0) return holds("the store is sound");
    return fails(
      problems.slice(0, 5).join("; "),
      `Stop all work (mos stop --all), keep a copy of ${world.workspace.stateDir}, and restore the last good one.`,
    );
  },
};
