import type { Ticket } from "../../../src/contract/ticket.ts";
import type { Choice } from "../../../src/core/schedule/agenda.ts";
import { compareTurn, isBegun } from "../../../src/core/schedule/compare-turn.ts";
import { pathsOverlap } from "../../../src/core/schedule/paths-overlap.ts";

/**
 * T7 as it reads, told ticket by ticket: what the agenda must choose, in as many comparisons as it takes. It holds what
 * the agenda remembers to what the rule says.
 */
export function chooseByDefinition(args: {
  tickets: readonly Ticket[];
  running: ReadonlySet<string>;
  maxParallel: number;
  slotsPerRepo?: number;
  isOpen?: (ticket: Ticket) => boolean;
}): Choice[] {
  const { tickets, running, isOpen = () => true } = args;
  const begun = tickets.filter(isBegun);
  const holders = tickets.filter((ticket) => running.has(ticket.id) && (isBegun(ticket) || ticket.status.state === "ready"));
  /** New ones that wait for their turn keep their paths from those after them, but never from work that is begun. */
  const reserved: Ticket[] = [];
  const slots = new Map<string, number>();
  for (const ticket of holders) slots.set(repoOf(ticket), (slots.get(repoOf(ticket)) ?? 0) + 1);
  const chosen: Choice[] = [];
  const free = Math.max(0, args.maxParallel - running.size);
  const orphans = begun.filter((ticket) => !running.has(ticket.id));
  const waiting = tickets.filter((ticket) => ticket.status.state === "ready" && !running.has(ticket.id));
  for (const ticket of [...orphans, ...waiting].sort(compareTurn)) {
    if (chosen.length >= free) break;
    const open = isOpen(ticket);
    if (!open && !isBegun(ticket)) continue;
    const rivals = isBegun(ticket) ? holders : [...holders, ...orphans, ...reserved];
    const fits = !rivals.some((rival) => rival.id !== ticket.id && repoOf(ticket) === repoOf(rival) && pathsOverlap(ticket, rival));
    const hasSlot = (slots.get(repoOf(ticket)) ?? 0) < (args.slotsPerRepo ?? Number.POSITIVE_INFINITY);
    const taken = open && fits && hasSlot;
    if (taken || isBegun(ticket)) holders.push(ticket);
    else reserved.push(ticket);
    if (!taken) continue;
    slots.set(repoOf(ticket), (slots.get(repoOf(ticket)) ?? 0) + 1);
    const { state } = ticket.status;
    chosen.push({ ticket, how: state === "ready" ? "claim" : state === "verifying" ? "revalidate" : "take-over" });
  }
  return chosen;
}

function repoOf(ticket: Ticket): string {
  return `${ticket.domain}/${ticket.repo}`;
}
