import type { Ticket } from "../../contract/ticket.ts";
import { pathsOverlap } from "./paths-overlap.ts";

/** A ticket that may be taken now, and with which event. */
export interface Choice {
  readonly ticket: Ticket;
  readonly how: "claim" | "take-over" | "revalidate";
}

/**
 * Which tickets may be taken now, in the order in which to take them: higher priority first, then what is begun already,
 * then by id. Together with what runs they keep to `maxParallel`, and two of one repository never share a path (T7).
 *
 * Nothing starves within a priority: a ticket that has to wait for paths keeps them from all that come after it, so a
 * wide one waits at most for what runs now. Held paths are those of every ticket in progress or under verification,
 * alive or orphaned; a blocked one holds none (T2).
 *
 * @param running ids with a live lease: they count, and are not taken again
 * @param isOpen whether a ticket's domain and lane take work now (not paused, grade A or a cure); default yes
 */
export function chooseNext(args: {
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
  const slots = countByRepo(holders);
  const chosen: Choice[] = [];
  const free = Math.max(0, args.maxParallel - running.size);
  const orphans = begun.filter((ticket) => !running.has(ticket.id));
  const waiting = tickets.filter((ticket) => ticket.status.state === "ready" && !running.has(ticket.id));
  for (const ticket of [...orphans, ...waiting].sort(compareTurn)) {
    if (chosen.length >= free) break;
    const open = isOpen(ticket);
    // A closed lane's ready ticket holds nothing; work that is begun does, wherever it stands in the order.
    if (!open && !isBegun(ticket)) continue;
    const rivals = isBegun(ticket) ? holders : [...holders, ...orphans, ...reserved];
    const fits = !rivals.some((rival) => rival.id !== ticket.id && conflict(ticket, rival));
    const hasSlot = (slots.get(repoOf(ticket)) ?? 0) < (args.slotsPerRepo ?? Number.POSITIVE_INFINITY);
    const taken = open && fits && hasSlot;
    if (taken || isBegun(ticket)) holders.push(ticket);
    else reserved.push(ticket);
    if (!taken) continue;
    slots.set(repoOf(ticket), (slots.get(repoOf(ticket)) ?? 0) + 1);
    chosen.push({ ticket, how: howToTake(ticket) });
  }
  return chosen;
}

/** Higher priority first (urgent ones are 100 and above), then begun before new, then the older id. */
export function compareTurn(a: Ticket, b: Ticket): number {
  return b.priority - a.priority || Number(isBegun(b)) - Number(isBegun(a)) || compareIds(a.id, b.id);
}

/** By prefix, then by number: `MUS-9` before `MUS-10`. */
export function compareIds(a: string, b: string): number {
  const [left, right] = [splitId(a), splitId(b)];
  return left.prefix < right.prefix ? -1 : left.prefix > right.prefix ? 1 : left.number - right.number;
}

function splitId(id: string): { prefix: string; number: number } {
  const dash = id.lastIndexOf("-");
  return { prefix: id.slice(0, dash), number: Number(id.slice(dash + 1)) };
}

function isBegun({ status }: Ticket): boolean {
  return status.state === "in_progress" || status.state === "verifying";
}

function howToTake({ status }: Ticket): Choice["how"] {
  return status.state === "ready" ? "claim" : status.state === "verifying" ? "revalidate" : "take-over";
}

function conflict(a: Ticket, b: Ticket): boolean {
  return repoOf(a) === repoOf(b) && pathsOverlap(a, b);
}

function repoOf(ticket: Ticket): string {
  return `${ticket.domain}/${ticket.repo}`;
}

function countByRepo(tickets: readonly Ticket[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const ticket of tickets) counts.set(repoOf(ticket), (counts.get(repoOf(ticket)) ?? 0) + 1);
  return counts;
}
