import type { Provenance, TakenBack, Ticket, TicketDraft } from "../../contract/ticket.ts";
import type { StoreWriter } from "../../port/store.ts";
import { checkDependencies } from "./check-dependencies.ts";

/**
 * Files a draft under the next id of its domain (T8), with its event, in the caller's transaction. Refuses dependencies
 * that do not exist, cross a sealed border or close a circle (T3): see `checkDependencies` for the errors.
 *
 * @param sealedDomains names of all sealed domains of the workspace
 * @param rework how many reworks lie behind it (T4)
 * @param takesBack a range of main that it takes back (G7)
 */
export async function createTicket(
  tx: StoreWriter,
  args: {
    draft: TicketDraft;
    prefix: string;
    provenance?: Partial<Provenance>;
    sealedDomains: readonly string[];
    now: string;
    actor: string;
    authority?: string;
    reason?: string;
    rework?: number;
    takesBack?: TakenBack;
  },
): Promise<Ticket> {
  const ticket: Ticket = {
    ...args.draft,
    id: `${args.prefix}-${await tx.nextNumber(args.prefix)}`,
    dependsOn: [...new Set(args.draft.dependsOn)],
    provenance: { candidates: [], ...args.provenance },
    status: { state: "draft" },
    version: 1,
    epoch: 0,
    rework: args.rework ?? 0,
    ...(args.takesBack === undefined ? {} : { takesBack: args.takesBack }),
    createdAt: args.now,
  };
  await checkDependencies(tx, ticket, { sealedDomains: args.sealedDomains });
  await tx.tickets.insert(ticket);
  await tx.append({
    kind: "ticket.created",
    domain: ticket.domain,
    ticket: ticket.id,
    actor: args.actor,
    ...(args.authority === undefined ? {} : { authority: args.authority }),
    reason: args.reason ?? ticket.title,
    data: { title: ticket.title, provenance: ticket.provenance, to: "draft", version: 1, epoch: 0 },
  });
  return ticket;
}
