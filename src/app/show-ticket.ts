import type { Event } from "../contract/event.ts";
import type { Receipt, Report, Verdict } from "../contract/run.ts";
import type { AcceptPoint, Provenance } from "../contract/ticket.ts";
import { getTicket } from "../core/ticket/apply-transition.ts";
import type { World } from "../port/world.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";

/** A ticket as `mos ticket show` shows it: the summary, and all that is known of it. A public shape. */
export interface TicketDetails extends Omit<TicketSummary, "receipt"> {
  readonly body: string;
  readonly accept: readonly AcceptPoint[];
  readonly run: readonly string[];
  readonly runtime: string;
  readonly role: string;
  readonly provenance: Provenance;
  readonly rework: number;
  readonly createdAt: string;
  /** Oldest first. */
  readonly history: readonly Pick<Event, "seq" | "at" | "kind" | "actor" | "authority" | "reason" | "data">[];
  /** Of the latest attempt that gave one. */
  readonly report?: Report;
  /** The one that counts; else the last that there was. */
  readonly verdict?: Verdict;
  /** The whole receipt of a merged one. */
  readonly receipt?: Receipt;
}

/** Everything about one ticket. Throws `ticket-not-found` (exit 3). */
export async function showTicket(world: World, args: { id: string }): Promise<TicketDetails> {
  return await world.store.read(async (tx) => {
    const ticket = await getTicket(tx, args.id);
    const { receipt: receiptId, ...summary } = summariseTicket(ticket);
    const reports = await tx.reports.list({ ticket: ticket.id });
    const verdicts = await tx.verdicts.list({ ticket: ticket.id });
    const events = await tx.events({ ticket: ticket.id });
    const report = reports.toSorted((a, b) => a.epoch - b.epoch || a.at.localeCompare(b.at)).at(-1);
    const verdict = verdicts.find((one) => one.id === ticket.verdict?.id) ?? verdicts.at(-1);
    const receipt = receiptId === undefined ? undefined : await tx.receipts.get(receiptId);
    return {
      ...summary,
      body: ticket.body,
      accept: ticket.accept,
      run: ticket.run,
      runtime: ticket.runtime,
      role: ticket.role,
      provenance: ticket.provenance,
      rework: ticket.rework,
      createdAt: ticket.createdAt,
      history: events.map(({ seq, at, kind, actor, authority, reason, data }) => ({
        seq,
        at,
        kind,
        actor,
        ...(authority === undefined ? {} : { authority }),
        reason,
        data,
      })),
      ...(report === undefined ? {} : { report }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(receipt === undefined ? {} : { receipt }),
    };
  });
}
