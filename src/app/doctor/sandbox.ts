import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

export const sandbox: DoctorCheck = {
  id: "sandbox",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const probe = await world.box.probe();
    return probe.ok ? holds(`${probe.kind} holds, by trying`) : fails(probe.reason, probe.remedy);
  },
};
