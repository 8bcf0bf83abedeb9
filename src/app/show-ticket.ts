import { join } from "node:path";
import type { Event } from "../contract/event.ts";
import type { Receipt, Report, Verdict } from "../contract/run.ts";
import type { AcceptPoint, Provenance, TakenBack } from "../contract/ticket.ts";
import type { Wait } from "../core/lane/explain-wait.ts";
import { getTicket } from "../core/ticket/apply-transition.ts";
import type { World } from "../port/world.ts";
import { explainTicket } from "./explain-ticket.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";
import { readLastDiagnosis } from "./record-diagnosis.ts";

/** A ticket as `mos ticket show` shows it: the summary, and all that is known of it. A public shape. */
export interface TicketDetails extends Omit<TicketSummary, "receipt"> {
  readonly body: string;
  readonly accept: readonly AcceptPoint[];
  readonly run: readonly string[];
  readonly runtime: string;
  readonly role: string;
  readonly provenance: Provenance;
  readonly rework: number;
  /** The range of main that it takes back: all after `from`, up to `tip`. */
  readonly takesBack?: TakenBack;
  readonly createdAt: string;
  /** What it waits for now, in which batch, on which base, since when; absent once it is merged. */
  readonly waits?: Wait;
  /** Why it was refused last: the reason with the shortest excerpt of the failing check's log, and where the whole log is. */
  readonly refused?: { readonly at: string; readonly reason: string; readonly log?: string };
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
  const doctor = await readLastDiagnosis(world);
  return await world.store.read(async (tx) => {
    const ticket = await getTicket(tx, args.id);
    const { receipt: receiptId, ...summary } = summariseTicket(ticket);
    const reports = await tx.reports.list({ ticket: ticket.id });
    const verdicts = await tx.verdicts.list({ ticket: ticket.id });
    const events = await tx.events({ ticket: ticket.id });
    const since = events.findLast(({ data }) => data?.to !== undefined && data.to !== data.from)?.at ?? ticket.createdAt;
    const waits = await explainTicket(tx, { world, ticket, since, doctor });
    const refused = events.findLast(({ kind }) => kind === "gate.refused");
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
      ...(ticket.takesBack === undefined ? {} : { takesBack: ticket.takesBack }),
      createdAt: ticket.createdAt,
      ...(waits === undefined ? {} : { waits }),
      ...(refused === undefined ? {} : { refused: describeRefused(world, refused) }),
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

function describeRefused(world: World, { at, reason, data }: Event): NonNullable<TicketDetails["refused"]> {
  const log = data?.log;
  return { at, reason: reason ?? "", ...(typeof log === "string" && log !== "" ? { log: join(world.workspace.stateDir, log) } : {}) };
}
