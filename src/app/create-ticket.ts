import { MosError } from "../contract/error.ts";
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
 *
 * @param args.relayed  a session files it: nothing in or of a sealed domain (`domain-sealed`, whether it exists or not)
 */
export async function createTicketFromDraft(world: World, args: { draft: TicketDraft; relayed?: boolean }): Promise<TicketSummary> {
  if (args.relayed) refuseSealedDraft(world, args.draft);
  const { prefix } = checkPlace(world, args.draft);
  const ticket = await world.store.write((tx) =>
    createTicket(tx, {
      draft: args.draft,
      prefix,
      sealedDomains: listSealedDomains(world.workspace),
      now: world.clock.now(),
      ...(args.relayed ? { actor: "orchestrator", authority: "relayed" } : { actor: "operator", authority: "operator" }),
    }),
  );
  return summariseTicket(ticket);
}

/** Nothing in or of a sealed domain is filed for a session. Throws `domain-sealed`. */
export function refuseSealedDraft({ workspace }: Pick<World, "workspace">, { domain, dependsOn }: TicketDraft): void {
  const touched = workspace.domains.find(
    ({ sealed, name, prefix }) => sealed && (name === domain || dependsOn.some((id) => id.startsWith(`${prefix}-`))),
  );
  if (touched === undefined) return;
  throw new MosError({
    code: "domain-sealed",
    message: `${touched.name} is sealed: a session files nothing in it and nothing that waits for it.`,
    hint: "The operator files it in a terminal of their own: mos ticket new --file F",
  });
}
