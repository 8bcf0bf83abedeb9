import { AsyncLocalStorage } from "node:async_hooks";

import { MosError } from "../../src/contract/error.ts";
import { Event, EventInput } from "../../src/contract/event.ts";
import { computeEventHash, genesisHash } from "../../src/core/log/event-hash.ts";
import { verifyChain } from "../../src/core/log/verify-chain.ts";
import type { Clock } from "../../src/port/clock.ts";
import type { Store, StoreReader, StoreWriter } from "../../src/port/store.ts";
import { hashText } from "./hash-text.ts";

/** All that a store holds; records as JSON, so that nobody changes a stored one by hand. */
interface Data {
  readonly tables: Record<string, Map<string, string>>;
  readonly numbers: Map<string, number>;
  readonly events: Event[];
}

type Row = { id?: string; key?: string; version?: number };

const tableNames = [
  "tickets",
  "decisions",
  "briefs",
  "sessions",
  "leases",
  "lanes",
  "landings",
  "receipts",
  "reports",
  "verdicts",
  "artifacts",
  "candidates",
  "notes",
  "agentRuns",
] as const;

/**
 * A store in this process's memory, for tests of what stands above the port. It passes the port's conformance suite.
 * `again` is another handle on the same data.
 */
export function createMemoryStore(clock: Clock): Store & { again(): Store } {
  let data: Data = { tables: Object.fromEntries(tableNames.map((name) => [name, new Map()])), numbers: new Map(), events: [] };
  let writing: Promise<unknown> = Promise.resolve();
  const inWrite = new AsyncLocalStorage<{ open: boolean }>();

  const refuseNested = () => {
    if (inWrite.getStore()?.open)
      throw new MosError({ code: "store-nested", message: "the memory store was called inside a write", hint: "Use the transaction." });
  };

  const runWrite = async <T>(body: (tx: StoreWriter) => Promise<T>): Promise<T> => {
    const draft = copyData(data);
    const scope = { open: true };
    try {
      const result = await inWrite.run(scope, () => body(createWriter(draft, clock, scope)));
      data = draft;
      return result;
    } finally {
      scope.open = false;
    }
  };

  const createHandle = (): Store & { again(): Store } => {
    let closed = false;
    const refuseMisuse = () => {
      refuseNested();
      if (closed) throw new MosError({ code: "store-unavailable", message: "the memory store was closed", hint: "Open it again." });
    };
    return {
      async read(body) {
        refuseMisuse();
        return body(createReader(copyData(data)));
      },
      async write(body) {
        refuseMisuse();
        const turn = writing.then(() => runWrite(body));
        writing = turn.catch(() => undefined);
        return turn;
      },
      async verifyLog(after) {
        refuseMisuse();
        const { ok, brokenAt, ...rest } = verifyChain({ events: data.events, sha256: hashText });
        if (after && after.seq > 0 && data.events[after.seq - 1]?.hash !== after.head) return { ...rest, ok: false, brokenAt: after.seq };
        return { ok, ...rest, ...(brokenAt === undefined ? {} : { brokenAt }) };
      },
      async integrityProblems() {
        refuseMisuse();
        return [];
      },
      async close() {
        closed = true;
      },
      again: createHandle,
    };
  };
  return createHandle();
}

function copyData(data: Data): Data {
  const tables = Object.fromEntries(Object.entries(data.tables).map(([name, rows]) => [name, new Map(rows)]));
  return { tables, numbers: new Map(data.numbers), events: [...data.events] };
}

function createReader(data: Data): StoreReader {
  const entries = tableNames.map((name) => [name, readTable(data.tables[name] as Map<string, string>)]);
  return {
    ...Object.fromEntries(entries),
    events: async (where: NonNullable<Parameters<StoreReader["events"]>[0]> = {}) => {
      const { since = 0, limit = Number.POSITIVE_INFINITY, ...fields } = where;
      return data.events.filter((event) => event.seq > since && matches(event, fields)).slice(0, limit);
    },
    lastEvent: async () => data.events.at(-1),
    logHead: async () => data.events.at(-1)?.hash ?? genesisHash,
  } as StoreReader;
}

function createWriter(data: Data, clock: Clock, scope: { open: boolean }): StoreWriter {
  const entries = tableNames.map((name) => [name, writeTable(name, data.tables[name] as Map<string, string>, scope)]);
  return {
    ...createReader(data),
    ...Object.fromEntries(entries),
    async append(input: EventInput) {
      refuseEnded(scope);
      const parsed = EventInput.parse(input);
      const line = JSON.parse(
        JSON.stringify({ seq: data.events.length + 1, at: clock.now(), ...parsed, prev: data.events.at(-1)?.hash ?? genesisHash }),
      );
      const event = Event.parse({ ...line, hash: computeEventHash(line, hashText) });
      data.events.push(event);
      return event;
    },
    async nextNumber(name: string) {
      refuseEnded(scope);
      const next = (data.numbers.get(name) ?? 0) + 1;
      data.numbers.set(name, next);
      return next;
    },
  } as StoreWriter;
}

function readTable(rows: Map<string, string>) {
  return {
    get: async (id: string) => parse(rows.get(id)),
    list: async (where: object = {}) => [...rows.values()].map((body) => parse(body)).filter((row) => matches(row as object, where)),
  };
}

function writeTable(name: string, rows: Map<string, string>, scope: { open: boolean }) {
  const idOf = (row: Row) => (row.id ?? row.key) as string;
  const save = (row: Row) => void rows.set(idOf(row), JSON.stringify(row));
  return {
    ...readTable(rows),
    async put(row: Row) {
      refuseEnded(scope);
      save(row);
    },
    async remove(id: string) {
      refuseEnded(scope);
      rows.delete(id);
    },
    async insert(row: Row) {
      refuseEnded(scope);
      if (row.version !== 1) throw new RangeError(`a new row of ${name} has version 1, not ${row.version}`);
      if (rows.has(idOf(row)))
        throw new MosError({ code: "exists", message: `${idOf(row)} is already there in ${name}.`, hint: "Take another id." });
      save(row);
    },
    async update(row: Row, expected: number) {
      refuseEnded(scope);
      if (row.version !== expected + 1) throw new RangeError(`version ${expected} of ${name} is followed by ${expected + 1}`);
      if ((parse(rows.get(idOf(row))) as Row | undefined)?.version !== expected) return { kind: "stale" };
      save(row);
      return { kind: "saved" };
    },
  };
}

function refuseEnded(scope: { open: boolean }): void {
  if (!scope.open) throw new Error("a query of the memory store came after its transaction had ended");
}

function matches(row: object, where: object): boolean {
  return Object.entries(where).every(([name, value]) => value === undefined || readField(row, name) === value);
}

/** A ticket's state stands in its status. */
function readField(row: object, name: string): unknown {
  const { status, ...fields } = row as { status?: unknown } & Record<string, unknown>;
  if (name === "state" && typeof status === "object" && status !== null) return (status as { state?: unknown }).state;
  return name === "status" ? status : fields[name];
}

function parse(body: string | undefined): unknown {
  return body === undefined ? undefined : JSON.parse(body);
}
