import type { Generated } from "kysely";

/** The columns that some collection can be filtered by. They repeat what stands in the body, for the index. */
export interface FilterColumns {
  domain: string | null;
  session: string | null;
  owner: string | null;
  lane: string | null;
  ticket: string | null;
  status: string | null;
  state: string | null;
  day: string | null;
}

/** One table of records. `body` is the record as JSON; the other columns serve order, lookup and compare-and-swap. */
export interface RowTable extends FilterColumns {
  position: Generated<number>;
  id: string;
  /** Only in the tables of versioned records. */
  version: Generated<number>;
  body: string;
}

/** One line of the log. `body` is the canonical JSON that `hash` is taken over; the rest serves the filters. */
export interface EventTable {
  seq: number;
  kind: string;
  domain: string | null;
  ticket: string | null;
  body: string;
  hash: string;
}

/** Every table of records with its filter columns: what the migrations make, and what queries may name. */
export const collections = {
  tickets: ["domain", "state"],
  decisions: ["session", "domain"],
  briefs: ["domain", "session"],
  sessions: [],
  leases: ["owner"],
  lanes: [],
  landings: ["lane"],
  receipts: ["lane"],
  reports: ["ticket"],
  verdicts: ["ticket"],
  artifacts: ["domain"],
  candidates: ["domain", "status", "ticket"],
  notes: [],
  agentRuns: ["domain", "ticket", "state", "day"],
} as const satisfies Record<string, readonly (keyof FilterColumns)[]>;

export type CollectionName = keyof typeof collections;

export type Schema = Record<CollectionName, RowTable> & {
  events: EventTable;
  /** One row: where the log's writer says that the log ends. */
  log_head: { id: number; seq: number; hash: string };
  /** The last number given for each name. */
  numbers: { name: string; last: number };
};
