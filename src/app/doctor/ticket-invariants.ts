import { countOf } from "../../core/text/count-of.ts";
import { findTicketProblems } from "../../core/ticket/find-ticket-problems.ts";
import { type DoctorCheck, fails, failuresOf, nameSome } from "./doctor-check.ts";

export const ticketInvariants: DoctorCheck = {
  id: "ticket-invariants",
  scope: "workspace",
  fingerprint: async ({ world }) =>
    world.store.read(async (tx) => (await tx.tickets.list()).map((ticket) => `${ticket.id}@${ticket.version}`).join(" ")),
  examine: async ({ world }) => {
    const tickets = await world.store.read((tx) => tx.tickets.list());
    const sealedDomains = world.workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name);
    const problems = findTicketProblems(tickets, { sealedDomains });
    const owners = new Map(tickets.map((ticket) => [ticket.id, ticket.domain]));
    const domains = [...new Set(problems.map(({ id }) => owners.get(id)))];
    return failuresOf(
      domains.map((domain) => {
        const own = problems.filter(({ id }) => owners.get(id) === domain);
        return fails(
          nameSome(own.map(({ id, rule, problem }) => `${id} (${rule}): ${problem}`)),
          `The store was written by hand: compare with mos log --ticket ${own[0]?.id}, and restore a backup of ${world.workspace.stateDir}.`,
          domain,
        );
      }),
      `${countOf(tickets.length, "ticket keeps", "tickets keep")} the rules`,
    );
  },
};
