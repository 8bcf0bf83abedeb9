import { z } from "zod";
import { AgentRun } from "../../contract/agent.ts";
import { Brief } from "../../contract/brief.ts";
import { Decision } from "../../contract/decision.ts";
import { Artifact, Candidate } from "../../contract/knowledge.ts";
import { Landing, Lane, Lease, Receipt, Report, Session, Verdict } from "../../contract/run.ts";
import { Ticket } from "../../contract/ticket.ts";
import type { Clock } from "../../port/clock.ts";
import type { StoreReader, StoreWriter } from "../../port/store.ts";
import { appendEvent, listEvents, readLastEvent, readLogHead } from "./event-log.ts";
import { type Collection, plainText, readRows, writeRows, writeVersionedRows } from "./rows.ts";
import type { CollectionName } from "./schema.ts";
import type { TransactionScope } from "./transaction-scope.ts";

const Note = z.strictObject({ id: z.string(), value: z.unknown() });

/** Every collection of the store with the contract's schema for it. */
export const records = {
  tickets: {
    ...keepById("tickets", Ticket),
    versioned: true,
    columnOf: (row: Ticket, column) => (column === "state" ? row.status.state : row.domain),
  } satisfies Collection<Ticket>,
  decisions: { ...keepById("decisions", Decision), versioned: true },
  briefs: keepById("briefs", Brief),
  sessions: keepById("sessions", Session),
  leases: { table: "leases", schema: Lease, idOf: (lease) => lease.key } as Collection<Lease>,
  lanes: keepById("lanes", Lane),
  landings: keepById("landings", Landing),
  receipts: keepById("receipts", Receipt),
  reports: keepById("reports", Report),
  verdicts: keepById("verdicts", Verdict),
  artifacts: keepById("artifacts", Artifact),
  candidates: keepById("candidates", Candidate),
  notes: keepById("notes", Note),
  agentRuns: keepById("agentRuns", AgentRun),
};

function keepById<T extends { id: string }>(table: CollectionName, schema: z.ZodType<T>): Collection<T> {
  return { table, schema, idOf: (row) => row.id };
}

export function createReader(scope: TransactionScope): StoreReader {
  return {
    tickets: readRows(scope, records.tickets),
    decisions: readRows(scope, records.decisions),
    briefs: readRows(scope, records.briefs),
    sessions: readRows(scope, records.sessions),
    leases: readRows(scope, records.leases),
    lanes: readRows(scope, records.lanes),
    landings: readRows(scope, records.landings),
    receipts: readRows(scope, records.receipts),
    reports: readRows(scope, records.reports),
    verdicts: readRows(scope, records.verdicts),
    artifacts: readRows(scope, records.artifacts),
    candidates: readRows(scope, records.candidates),
    notes: readRows(scope, records.notes),
    agentRuns: readRows(scope, records.agentRuns),
    events: (where) => listEvents(scope, where),
    lastEvent: () => readLastEvent(scope),
    logHead: () => readLogHead(scope),
  };
}

export function createWriter(scope: TransactionScope, clock: Clock): StoreWriter {
  return {
    ...createReader(scope),
    tickets: writeVersionedRows(scope, records.tickets),
    decisions: writeVersionedRows(scope, records.decisions),
    briefs: writeRows(scope, records.briefs),
    sessions: writeRows(scope, records.sessions),
    leases: writeRows(scope, records.leases),
    lanes: writeRows(scope, records.lanes),
    landings: writeRows(scope, records.landings),
    receipts: writeRows(scope, records.receipts),
    reports: writeRows(scope, records.reports),
    verdicts: writeRows(scope, records.verdicts),
    artifacts: writeRows(scope, records.artifacts),
    candidates: writeRows(scope, records.candidates),
    notes: writeRows(scope, records.notes),
    agentRuns: writeRows(scope, records.agentRuns),
    append: (event) => appendEvent(scope, clock, event),
    nextNumber: (name) => takeNumber(scope, name),
  };
}

function takeNumber(scope: TransactionScope, name: string): Promise<number> {
  return scope.query(async () => {
    const row = await scope.db
      .insertInto("numbers")
      .values({ name: plainText(name) as string, last: 1 })
      .onConflict((conflict) => conflict.column("name").doUpdateSet((of) => ({ last: of("numbers.last", "+", 1) })))
      .returning("last")
      .executeTakeFirstOrThrow();
    return row.last;
  });
}
