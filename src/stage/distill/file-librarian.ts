import type { Domain } from "../../contract/config.ts";
import type { Artifact, Candidate } from "../../contract/knowledge.ts";
import type { Ticket } from "../../contract/ticket.ts";
import type { WikiFiles } from "../../core/knowledge/check-page.ts";
import { planLibrarian } from "../../core/knowledge/plan-librarian.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import { createTicket } from "../../core/ticket/create-ticket.ts";
import type { StoreWriter } from "../../port/store.ts";

/**
 * Files the librarian's tickets for these candidates and makes them ready, in the caller's transaction: on the standing
 * decision that a librarian has (T9), or on the operator's word when `confirmed`. The candidates are `ticketed` after.
 */
export async function fileLibrarian(
  tx: StoreWriter,
  args: {
    domain: Domain;
    candidates: readonly Candidate[];
    artifacts: ReadonlyMap<string, Artifact>;
    files: WikiFiles;
    sealedDomains: readonly string[];
    now: string;
    confirmed?: boolean;
    /** Tickets that are to land before: what these strike is not on a page yet. */
    after?: readonly Ticket[];
  },
): Promise<Ticket[]> {
  const { domain, candidates, confirmed = false, now, after = [] } = args;
  const authority = confirmed ? "operator" : "standing:librarian";
  const actor = confirmed ? "operator" : "mos";
  const tickets: Ticket[] = [];
  for (const plan of planLibrarian({ ...args, domain: domain.name, today: now.slice(0, 10) })) {
    const created = await createTicket(tx, {
      draft: { ...plan.draft, dependsOn: after.map(({ id }) => id) },
      prefix: domain.prefix,
      provenance: { standing: confirmed ? "operator" : "librarian", candidates: [...plan.candidates] },
      sealedDomains: args.sealedDomains,
      now,
      actor,
      authority,
      reason: confirmed ? "the operator approved what it writes" : "candidates of high confidence go to the librarian",
    });
    const reason = confirmed ? "approved in review" : "a librarian's ticket has a standing decision";
    const { ticket } = await applyTransition(tx, created.id, { kind: "ready" }, { actor, authority, reason });
    tickets.push(ticket);
    for (const candidate of candidates.filter((one) => plan.candidates.includes(one.id))) {
      await tx.candidates.put({ ...candidate, status: "ticketed", ticket: ticket.id });
    }
  }
  return tickets;
}
