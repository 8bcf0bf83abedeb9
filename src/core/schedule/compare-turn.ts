import type { Ticket } from "../../contract/ticket.ts";

/** What decides when a ticket is its turn (T7d), taken apart once. */
export interface Turn {
  /** The priority doubled, and one more for what is begun: a priority is a whole number. */
  readonly urgency: number;
  readonly prefix: string;
  readonly number: number;
}

/** Higher priority first (urgent ones are 100 and above), then begun before new, then the older id. */
export function compareTurn(a: Ticket, b: Ticket): number {
  return urgencyOf(b) - urgencyOf(a) || compareIds(a.id, b.id);
}

/** The order of `compareTurn`. */
export function compareTurns(a: Turn, b: Turn): number {
  return b.urgency - a.urgency || compareSplit(a, b);
}

/**
 * @param known  an earlier turn of the same ticket: given back where nothing of it changed
 * @param prefixes  keeps one text of each prefix: many of one are compared, and the same text is seen to be the same at once
 */
export function turnOf(ticket: Ticket, { known, prefixes }: { known?: Turn | undefined; prefixes?: Map<string, string> } = {}): Turn {
  const urgency = urgencyOf(ticket);
  if (known?.urgency === urgency) return known;
  if (known !== undefined) return { urgency, prefix: known.prefix, number: known.number };
  const { prefix, number } = splitId(ticket.id);
  const kept = prefixes?.get(prefix);
  if (kept !== undefined) return { urgency, prefix: kept, number };
  prefixes?.set(prefix, prefix);
  return { urgency, prefix, number };
}

/** By prefix, then by number: `MUS-9` before `MUS-10`. */
export function compareIds(a: string, b: string): number {
  return compareSplit(splitId(a), splitId(b));
}

/** Whether somebody works on it or has: it keeps its paths until it is merged or blocked (T7c). */
export function isBegun({ status }: Ticket): boolean {
  return status.state === "in_progress" || status.state === "verifying";
}

function urgencyOf(ticket: Ticket): number {
  return 2 * ticket.priority + Number(isBegun(ticket));
}

type SplitId = Pick<Turn, "prefix" | "number">;

function splitId(id: string): SplitId {
  const dash = id.lastIndexOf("-");
  return { prefix: id.slice(0, dash), number: Number(id.slice(dash + 1)) };
}

function compareSplit(a: SplitId, b: SplitId): number {
  return a.prefix === b.prefix ? a.number - b.number : a.prefix < b.prefix ? -1 : 1;
}
