import fc from "fast-check";
import { expect } from "vitest";
import { MosError } from "../../src/contract/error.ts";
import type { Store, StoreWriter } from "../../src/port/store.ts";
import { sampleTicket } from "../support/sample-records.ts";

type Operation =
  | { kind: "insert"; ticket: number; title: string }
  | { kind: "update"; ticket: number; expected: number; title: string }
  | { kind: "put"; note: string; value: number }
  | { kind: "remove"; note: string }
  | { kind: "number"; name: string }
  | { kind: "append"; reason: string };

/** One write: through which handle, what it does, and whether its body throws at the end. */
export interface Transaction {
  readonly handle: number;
  readonly operations: readonly Operation[];
  readonly throws: boolean;
}

const word = fc.string({ minLength: 1, maxLength: 8 });
const ticket = fc.integer({ min: 1, max: 3 });
const note = fc.constantFrom("a", "b", "c");
const operationArb: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), ticket, title: word }),
  fc.record({ kind: fc.constant("update" as const), ticket, expected: fc.integer({ min: 1, max: 4 }), title: word }),
  fc.record({ kind: fc.constant("put" as const), note, value: fc.integer() }),
  fc.record({ kind: fc.constant("remove" as const), note }),
  fc.record({ kind: fc.constant("number" as const), name: fc.constantFrom("MUS", "session") }),
  fc.record({ kind: fc.constant("append" as const), reason: fc.string() }),
);

export const transactionArb: fc.Arbitrary<Transaction> = fc.record({
  handle: fc.integer({ min: 0, max: 1 }),
  operations: fc.array(operationArb, { maxLength: 6 }),
  throws: fc.boolean(),
});

/** What the store must hold, said as plainly as it can be. Maps keep the order of insertion. */
interface Model {
  readonly tickets: Map<string, { version: number; title: string }>;
  readonly notes: Map<string, number>;
  readonly numbers: Map<string, number>;
  readonly reasons: string[];
}

/** Plays the transactions on the store, one after another, and on a model; each answer and each state between must agree. */
export async function replayOnModel(args: { handles: readonly Store[]; transactions: readonly Transaction[] }): Promise<void> {
  let model: Model = { tickets: new Map(), notes: new Map(), numbers: new Map(), reasons: [] };
  for (const transaction of args.transactions) {
    const draft = structuredClone(model);
    const expected = { answers: [] as unknown[], commits: !transaction.throws };
    for (const operation of transaction.operations) expected.answers.push(playOnModel(draft, operation));
    const store = args.handles[transaction.handle] as Store;
    const answers: unknown[] = [];
    const done = store.write(async (tx) => {
      for (const operation of transaction.operations) answers.push(await playOnStore(tx, operation));
      if (transaction.throws) throw new Error("taken back");
    });
    if (transaction.throws) await expect(done).rejects.toThrow("taken back");
    else await done;
    expect(answers).toEqual(expected.answers);
    if (expected.commits) model = draft;
    await expectState(args.handles[1 - transaction.handle] as Store, model);
  }
}

function playOnModel(model: Model, operation: Operation): unknown {
  switch (operation.kind) {
    case "insert": {
      const id = `MUS-${operation.ticket}`;
      if (model.tickets.has(id)) return "exists";
      model.tickets.set(id, { version: 1, title: operation.title });
      return "inserted";
    }
    case "update": {
      const id = `MUS-${operation.ticket}`;
      if (model.tickets.get(id)?.version !== operation.expected) return "stale";
      model.tickets.set(id, { version: operation.expected + 1, title: operation.title });
      return "saved";
    }
    case "put":
      model.notes.set(operation.note, operation.value);
      return undefined;
    case "remove":
      model.notes.delete(operation.note);
      return undefined;
    case "number": {
      const next = (model.numbers.get(operation.name) ?? 0) + 1;
      model.numbers.set(operation.name, next);
      return next;
    }
    case "append":
      model.reasons.push(operation.reason);
      return model.reasons.length;
  }
}

async function playOnStore(tx: StoreWriter, operation: Operation): Promise<unknown> {
  switch (operation.kind) {
    case "insert":
      try {
        await tx.tickets.insert(sampleTicket({ id: `MUS-${operation.ticket}`, title: operation.title }));
        return "inserted";
      } catch (error) {
        if (error instanceof MosError) return error.code;
        throw error;
      }
    case "update": {
      const row = sampleTicket({ id: `MUS-${operation.ticket}`, title: operation.title, version: operation.expected + 1 });
      return (await tx.tickets.update(row, operation.expected)).kind;
    }
    case "put":
      return tx.notes.put({ id: operation.note, value: operation.value });
    case "remove":
      return tx.notes.remove(operation.note);
    case "number":
      return tx.nextNumber(operation.name);
    case "append":
      return (await tx.append({ kind: "test.appended", actor: "mos", reason: operation.reason })).seq;
  }
}

async function expectState(store: Store, model: Model): Promise<void> {
  const state = await store.read(async (tx) => ({
    tickets: (await tx.tickets.list()).map(({ id, version, title }) => [id, { version, title }]),
    notes: (await tx.notes.list()).map(({ id, value }) => [id, value]),
    reasons: (await tx.events()).map((event) => event.reason),
  }));
  expect(state).toEqual({ tickets: [...model.tickets], notes: [...model.notes], reasons: model.reasons });
  expect(await store.verifyLog()).toMatchObject({ ok: true, events: model.reasons.length });
}
