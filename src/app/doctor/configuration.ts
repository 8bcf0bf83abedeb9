import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

/** mos.yaml was parsed when the workspace was opened; here its words are held against what is there. */
export const configuration: DoctorCheck = {
  id: "configuration",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const { domains } = world.workspace;
    const playbooks = new Set(world.playbooks.map((playbook) => playbook.id));
    const wrong = domains.flatMap((domain) =>
      domain.standing
        .filter((standing) => standing.playbook !== "librarian" && !playbooks.has(standing.playbook))
        .map((standing) => `${domain.name}: standing decision for ${standing.playbook}, which is no playbook`),
    );
    if (wrong.length > 0) return fails(wrong.join("; "), "Correct or remove it in mos.yaml. The playbooks are: mos playbook list");
    const prefixes = new Set(domains.map((domain) => domain.prefix));
    if (prefixes.size !== domains.length)
      return fails("two domains share a ticket prefix", "Give each domain a prefix of its own in mos.yaml.");
    return holds(`mos.yaml is read, ${domains.length} domains`);
  },
};
