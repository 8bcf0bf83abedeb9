import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

/** Every role that a ticket waits for has a runtime that was seen to do it. The built-in one needs no map. */
export const capabilities: DoctorCheck = {
  id: "capabilities",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const names = Object.keys(world.runtimes);
    if (names.length === 0) return fails("there is no runtime at all", "Install Master OS anew: the playbook runtime is built in.");
    return holds(`${names.join(", ")}: built in, no client to map`);
  },
};
