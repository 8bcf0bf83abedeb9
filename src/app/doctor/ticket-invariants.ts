import { findTicketProblems } from "../../core/ticket/find-ticket-problems.ts";
import { type DoctorCheck, fails, holds } from "./doctor-check.ts";

export const ticketInvariants: DoctorCheck = {
  id: "ticket-invariants",
  scope: "workspace",
  fingerprint: async ({ world }) =>
    world.store.read(async (tx) => (await tx.tickets.list()).map((ticket) => `${ticket.id}@${ticket.version}`).join(" ")),
  examine: async ({ world }) => {
    const tickets = await world.store.read((tx) => tx.tickets.list());
    const sealedDomains = world.workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name);
    const problems = findTicketProblems(tickets, { sealedDomains });
    if (problems.length === 0) return holds(`${tickets.length} tickets keep the rules`);
    return fails(
      problems
        .slice(0, 5)
        .map(({ id, rule, problem }) => `${id} (${rule}): ${problem}`)
        .join("; "),
      "Somebody wrote the store by hand: compare with mos log, and restore a backup.",
    );
  },
};
