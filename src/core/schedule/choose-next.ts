import type { Ticket } from "../../contract/ticket.ts";
import { type Choice, createAgenda } from "./agenda.ts";

/**
 * Which of these tickets may be taken now, in the order in which to take them: an agenda of one use. Together with what
 * runs they keep to `maxParallel`, and two of one repository never share a path (T7).
 *
 * @param running  ids with a live lease: they count, and are not taken again
 * @param isOpen  whether a ticket's domain and lane take work now (not paused, grade A or a cure); default yes
 */
export function chooseNext(args: {
  tickets: readonly Ticket[];
  running: ReadonlySet<string>;
  maxParallel: number;
  slotsPerRepo?: number;
  isOpen?: (ticket: Ticket) => boolean;
}): Choice[] {
  const { running, isOpen = () => true } = args;
  const agenda = createAgenda(args.slotsPerRepo === undefined ? {} : { slotsPerRepo: args.slotsPerRepo });
  for (const ticket of args.tickets) agenda.put(ticket, { running: running.has(ticket.id), open: isOpen(ticket) });
  return agenda.choose(args.maxParallel - running.size);
}
