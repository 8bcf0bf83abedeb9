import type { z } from "zod";
import { keepAnswer, tellTicket } from "../../app/keep-answer.ts";
import { showTicket } from "../../app/show-ticket.ts";
import type { Domain } from "../../contract/config.ts";
import { exitCode, MosError } from "../../contract/error.ts";
import type { World } from "../../port/world.ts";
import { summariseText, type TicketText } from "./summarise-ticket.ts";

/** A ticket of these domains. One of another domain is as unknown as one that is not there. Throws `ticket-not-found`. */
export async function showTicketOf(
  world: World,
  args: { id: string; domains: readonly Pick<Domain, "name">[] },
): Promise<z.infer<typeof TicketText>> {
  const found = await world.store.read((tx) => tx.tickets.get(args.id));
  if (found === undefined || !args.domains.some(({ name }) => name === found.domain)) {
    throw new MosError({
      code: "ticket-not-found",
      message: `There is no ticket ${JSON.stringify(args.id)} here.`,
      hint: "list_tickets names them.",
      exit: exitCode.notFound,
    });
  }
  await keepAnswer(world, { domain: found.domain, told: tellTicket(found) });
  return summariseText(await showTicket(world, { id: args.id }));
}
