import type { TicketDraft } from "../contract/ticket.ts";
import { createTicket } from "../core/ticket/create-ticket.ts";
import { listSealedDomains } from "../core/ticket/resolve-dependency.ts";
import type { World } from "../port/world.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";
import { checkPlace, readDraftFile } from "./read-draft.ts";

/** `mos ticket new --file F`: files the operator's draft. Throws as `readDraftFile` and `createTicketFromDraft` do. */
export async function createTicketFromFile(world: World, args: { file: string }): Promise<TicketSummary> {
  return await createTicketFromDraft(world, { draft: await readDraftFile(args.file) });
}

/**
 * Files a draft on the operator's behalf; it stays a draft until `readyTicket`. Throws `domain-not-found`,
 * `repo-not-found`, and for its dependencies as `createTicket` of the core does.
 */
export async function createTicketFromDraft(world: World, args: { draft: TicketDraft }): Promise<TicketSummary> {
  const { prefix } = checkPlace(world, args.draft);
  const ticket = await world.store.write((tx) =>
    createTicket(tx, {
      draft: args.draft,
      prefix,
      sealedDomains: listSealedDomains(world.workspace),
      now: world.clock.now(),
      actor: "operator",
      authority: "operator",
    }),
  );
  return summariseTicket(ticket);
}
