import type { AgentRun } from "../contract/agent.ts";
import type { Brief } from "../contract/brief.ts";
import type { Decision } from "../contract/decision.ts";
import type { Diagnosis } from "../contract/doctor.ts";
import type { Event, EventInput, LogVerification } from "../contract/event.ts";
import type { Artifact, Candidate } from "../contract/knowledge.ts";
import type { Landing, Lane, Lease, Receipt, Report, Session, Verdict } from "../contract/run.ts";
import type { Ticket, TicketState } from "../contract/ticket.ts";

/** A keyed set of records. `list` filters by equality on the named fields, in insertion order. */
export interface Rows<T, Key extends keyof T = never, More = unknown> {
  get(id: string): Promise<T | undefined>;
  list(where?: Partial<Pick<T, Key>> & More): Promise<T[]>;
}

export interface WritableRows<T, Key extends keyof T = never> extends Rows<T, Key> {
  /** Inserts or replaces. */
  put(row: T): Promise<void>;
  remove(id: string): Promise<void>;
}

/** A keyed set whose writes name the version they read (T6). */
export interface VersionedRows<T, Key extends keyof T = never, More = unknown> extends Rows<T, Key, More> {
  /** Refuses an id that is there (`MosError` code `exists`). The row's version must be 1. */
  insert(row: T): Promise<void>;
  /** Writes `row` (whose version is `expected + 1`) if the stored version is `expected`. */
  update(row: T, expected: number): Promise<{ kind: "saved" } | { kind: "stale" }>;
}

/** Tickets are also found by their state: what waits is never looked for among all that ever merged. */
export interface TicketFilter {
  readonly state?: TicketState["state"];
}

/** A snapshot: what is read in one `read` call belongs together. */
export interface StoreReader {
  readonly tickets: Rows<Ticket, "domain", TicketFilter>;
  readonly decisions: Rows<Decision, "session" | "domain">;
  readonly briefs: Rows<Brief, "domain" | "session">;
  readonly sessions: Rows<Session>;
  readonly leases: Rows<Lease, "owner">;
  readonly lanes: Rows<Lane>;
  readonly landings: Rows<Landing, "lane">;
  readonly receipts: Rows<Receipt, "lane">;
  readonly reports: Rows<Report, "ticket">;
  readonly verdicts: Rows<Verdict, "ticket">;
  readonly artifacts: Rows<Artifact, "domain">;
  readonly candidates: Rows<Candidate, "domain" | "status" | "ticket">;
  /** Small named facts: `doctor:last`, `check:music:<tree>:<gate hash>`. */
  readonly notes: Rows<Note>;
  /** What every run of a model used, however it ended. */
  readonly agentRuns: Rows<AgentRun, "domain" | "ticket" | "state" | "day">;
  /** Oldest first, the whole log or what fits: numbers above `since`, at most `limit`, the first ones. */
  events(where?: { since?: number; ticket?: string; domain?: string; kind?: string; limit?: number }): Promise<Event[]>;
  /** The newest event; `undefined` in an empty log. */
  lastEvent(): Promise<Event | undefined>;
  /** The hash of the last event; 64 zeros for none. */
  logHead(): Promise<string>;
}

export interface Note {
  readonly id: string;
  readonly value: unknown;
}

export interface StoreWriter extends StoreReader {
  readonly tickets: VersionedRows<Ticket, "domain", TicketFilter>;
  readonly decisions: VersionedRows<Decision, "session" | "domain">;
  readonly briefs: WritableRows<Brief, "domain" | "session">;
  readonly sessions: WritableRows<Session>;
  readonly leases: WritableRows<Lease, "owner">;
  readonly lanes: WritableRows<Lane>;
  readonly landings: WritableRows<Landing, "lane">;
  readonly receipts: WritableRows<Receipt, "lane">;
  readonly reports: WritableRows<Report, "ticket">;
  readonly verdicts: WritableRows<Verdict, "ticket">;
  readonly artifacts: WritableRows<Artifact, "domain">;
  readonly candidates: WritableRows<Candidate, "domain" | "status" | "ticket">;
  readonly notes: WritableRows<Note>;
  readonly agentRuns: WritableRows<AgentRun, "domain" | "ticket" | "state" | "day">;
  /** Appends to the chained log, in this transaction. */
  append(event: EventInput): Promise<Event>;
  /** 1, 2, 3 … for each name (`MUS`, `session`), never given twice even if the row is removed. */
  nextNumber(name: string): Promise<number>;
}

/**
 * The one store. Every change is a `write`: exclusive among all processes, all or nothing, with its events.
 * The body of a `write` waits for nothing but this store, and may not be nested.
 * Inside it every call of the store itself, a `read` too, is refused (`store-nested`): it would wait for itself or see the past.
 * Errors: `store-unavailable` (cannot be opened), `store-newer` (written by a newer version), `store-readonly`, `store-full`,
 * `store-busy` (held too long), `store-corrupt`; `record-invalid` for what could not be read back.
 */
export interface Store {
  read<T>(body: (tx: StoreReader) => Promise<T>): Promise<T>;
  write<T>(body: (tx: StoreWriter) => Promise<T>): Promise<T>;
  /**
   * Walks the whole chain, or what came after a place where it was found whole before: its number and head, which must
   * still be there. Never throws for a broken one.
   */
  verifyLog(after?: { readonly seq: number; readonly head: string }): Promise<LogVerification>;
  /** The engine's own integrity check; empty when sound. */
  integrityProblems(): Promise<string[]>;
  close(): Promise<void>;
}

export type LastDiagnosis = Diagnosis & { at: string };
