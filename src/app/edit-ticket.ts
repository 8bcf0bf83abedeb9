import { MosError } from "../contract/error.ts";
import { applyTransition, getTicket } from "../core/ticket/apply-transition.ts";
import { listSealedDomains } from "../core/ticket/resolve-dependency.ts";
import type { World } from "../port/world.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";
import { checkPlace, readDraftFile } from "./read-draft.ts";

/** Replaces what a draft says by what a file says (T9: only a draft). The domain stays: the id names it. */
export async function editTicket(world: World, args: { id: string; file: string }): Promise<TicketSummary> {
  const { domain, ...changes } = await readDraftFile(args.file);
  return await world.store.write(async (tx) => {
    const before = await getTicket(tx, args.id);
    if (before.domain !== domain) {
      const message = `${args.id} belongs to ${before.domain}, but ${args.file} says ${domain}.`;
      throw new MosError({ code: "ticket-domain", message, hint: `Withdraw ${args.id} and file a new ticket in ${domain}.` });
    }
    checkPlace(world, { domain, repo: changes.repo });
    const note = { actor: "operator", authority: "operator", reason: `edited from ${args.file}` };
    const sealedDomains = listSealedDomains(world.workspace);
    const { ticket } = await applyTransition(tx, args.id, { kind: "edit", changes }, { ...note, sealedDomains });
    return summariseTicket(ticket);
  });
}
