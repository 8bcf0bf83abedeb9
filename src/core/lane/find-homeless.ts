import type { Landing } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { nameLane } from "./name-lane.ts";

/** What is left of a repository that mos.yaml does not have any more (G8b). */
export interface Homeless {
  readonly lane: string;
  /** Released or begun, and not at an end. */
  readonly tickets: readonly string[];
  /** Tickets of landings there that broke off: whether they reached main nobody can say. */
  readonly landing: readonly string[];
}

const waitingStates: readonly Ticket["status"]["state"][] = ["ready", "in_progress", "verifying"];

/**
 * What waits for a repository that is not configured, by its lane. Derived, so that it is over when the repository is back.
 *
 * @param lanes  those of mos.yaml
 */
export function findHomeless(args: { tickets: readonly Ticket[]; landings: readonly Landing[]; lanes: ReadonlySet<string> }): Homeless[] {
  const found = new Map<string, { tickets: string[]; landing: string[] }>();
  const at = (lane: string) => {
    const known = found.get(lane) ?? { tickets: [], landing: [] };
    found.set(lane, known);
    return known;
  };
  for (const ticket of args.tickets) {
    const lane = nameLane(ticket);
    if (!args.lanes.has(lane) && waitingStates.includes(ticket.status.state)) at(lane).tickets.push(ticket.id);
  }
  for (const { lane, receipt } of args.landings) if (!args.lanes.has(lane)) at(lane).landing.push(...receipt.tickets);
  return [...found].map(([lane, left]) => ({ lane, ...left }));
}

/** In words, with what to do about it. */
export function describeHomeless({ lane, tickets, landing }: Homeless): { reason: string; remedy: string } {
  const waiting = tickets.filter((id) => !landing.includes(id));
  const parts = [
    ...(landing.length > 0 ? [`the landing of ${landing.join(", ")} broke off`] : []),
    ...(waiting.length > 0 ? [`${waiting.join(", ")} ${waiting.length === 1 ? "waits" : "wait"}`] : []),
  ];
  const [first] = [...landing, ...waiting];
  return {
    reason: `mos.yaml does not have ${lane} any more, where ${parts.join(" and ")}`,
    remedy: `Put ${lane} back into mos.yaml, then: mos run. Or give it up: mos ticket withdraw ${first ?? "ID"}`,
  };
}
