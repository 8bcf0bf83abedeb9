import { Ticket, TicketDraft } from "../../src/contract/ticket.ts";

/** Object ids that look like git's, told apart by a number. */
export function objectId(n: number): string {
  return n.toString(16).padStart(40, "0");
}

/** A draft with one acceptance point that can be checked. */
export function makeDraft(changes: Partial<TicketDraft> = {}): TicketDraft {
  return { ...TicketDraft.parse({ title: "Mend the links", domain: "music", accept: ["npm test"] }), ...changes };
}

/** A ticket as stored, parsed; a draft that a decision stands behind unless told otherwise. */
export function makeTicket(changes: Partial<Ticket> = {}): Ticket {
  return Ticket.parse({
    ...makeDraft(),
    id: "MUS-1",
    provenance: { decision: "broken-links" },
    status: { state: "draft" },
    version: 1,
    epoch: 0,
    createdAt: "2026-11-01T00:00:00.000Z",
    ...changes,
  });
}
