import { byMinute, type DoctorCheck, holds } from "./doctor-check.ts";

/** Guards are owed for each agent client that a domain uses. A runtime that is not there is configuration, not a failure. */
export const guards: DoctorCheck = {
  id: "guards",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const missing = [...new Set(world.workspace.domains.map((domain) => domain.runtime))].filter((runtime) => !(runtime in world.runtimes));
    if (missing.length > 0) return holds(`no agent client is in use; disabled, since not installed: ${missing.join(", ")}`);
    return holds("no agent client is in use: the sandbox is what holds");
  },
};
