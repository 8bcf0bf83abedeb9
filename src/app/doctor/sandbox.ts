import { type DoctorCheck, everyTime, fails, holds } from "./doctor-check.ts";

export const sandbox: DoctorCheck = {
  id: "sandbox",
  scope: "workspace",
  fingerprint: everyTime,
  examine: async ({ world }) => {
    const probe = await world.box.probe();
    if (!probe.ok) return fails(probe.reason, probe.remedy);
    const properties = probe.properties ?? [];
    const open = properties.filter((property) => !property.enforced);
    const held = properties.filter((property) => property.enforced).map((property) => property.name);
    const not = open.map(({ name, detail }) => (detail ? `${name} (${detail})` : name));
    return holds(
      `${probe.kind} holds, by trying: ${held.join("; ") || "all"}${not.length > 0 ? `. Not enforced here: ${not.join("; ")}` : ""}`,
    );
  },
};
