import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventInput } from "../../src/contract/event.ts";
import { computeEventHash, genesisHash } from "../../src/core/log/event-hash.ts";
import type { Store, StoreWriter } from "../../src/port/store.ts";
import { hashText } from "../support/hash-text.ts";
import { samples } from "../support/sample-records.ts";
import { replayOnModel, transactionArb } from "./store-model.ts";

/** A store that is new and empty, and how to be rid of it. */
export interface StoreForm {
  readonly store: Store;
  /** The same data through another handle, as another process has it. */
  again(): Promise<Store>;
  dispose(): Promise<void>;
}

const created: EventInput = { kind: "ticket.created", actor: "operator", reason: "because", ticket: "MUS-1", domain: "music" };

/** What every adapter of the store port must do (docs/spec/store.md). A second adapter passes this suite or is not one. */
export function describeStoreConformance(name: string, open: () => Promise<StoreForm>): void {
  describe(`store conformance: ${name}`, () => {
    let form: StoreForm;
    let store: Store;

    beforeEach(async () => {
      form = await open();
      store = form.store;
    });
    afterEach(() => form.dispose());

    const read = <T>(body: Parameters<Store["read"]>[0]) => store.read(body) as Promise<T>;

    describe("records", () => {
      test.each(Object.keys(samples.plain))("ST1: %s are put, replaced, found by this handle and another, and removed", async (table) => {
        const { row, id, changed } = samples.plain[table as keyof typeof samples.plain];
        const rows = (tx: unknown) => (tx as Record<string, AnyRows>)[table] as AnyRows;
        await store.write((tx) => rows(tx).put(row));
        expect(await read((tx) => rows(tx).get(id))).toEqual(row);
        await store.write((tx) => rows(tx).put(changed));
        const other = await form.again();
        expect(await other.read((tx) => rows(tx).list())).toEqual([changed]);
        await other.write((tx) => rows(tx).remove(id));
        await other.write((tx) => rows(tx).remove(id));
        expect(await read((tx) => rows(tx).get(id))).toBeUndefined();
        expect(await read((tx) => rows(tx).list())).toEqual([]);
      });

      test.each(Object.keys(samples.versioned))(
        "ST1 ST3: %s are inserted once, and changed only by who names their version",
        async (table) => {
          const { row, id, changed } = samples.versioned[table as keyof typeof samples.versioned];
          const rows = (tx: unknown) => (tx as Record<string, AnyRows>)[table] as AnyRows;
          await store.write((tx) => rows(tx).insert(row));
          await expect(store.write((tx) => rows(tx).insert(row))).rejects.toMatchObject({ name: "MosError", code: "exists" });
          expect(await store.write((tx) => rows(tx).update(changed, 1))).toEqual({ kind: "saved" });
          expect(await store.write((tx) => rows(tx).update(changed, 1))).toEqual({ kind: "stale" });
          const other = await form.again();
          expect(await other.read((tx) => rows(tx).get(id))).toEqual(changed);
          expect(await other.read((tx) => rows(tx).list())).toEqual([changed]);
        },
      );

      test("ST1: any text survives: NUL, lone surrogates, line ends, every plane", async () => {
        const text = fc.string({
          unit: fc.oneof(fc.constantFrom("\0", "\ud800", "\udfff", "\r\n", "'", '"', "\\", "😀", "\u2028"), fc.string()),
        });
        await fc.assert(
          fc.asyncProperty(text, fc.jsonValue(), async (body, value) => {
            const note = { id: "n", value: { body, value } };
            await store.write((tx) => tx.notes.put(note));
            expect(await read((tx) => tx.notes.get("n"))).toEqual(JSON.parse(JSON.stringify(note)));
            const event = await store.write((tx) => tx.append({ ...created, reason: body, data: { value } }));
            expect((await store.read((tx) => tx.events())).at(-1)).toEqual(event);
          }),
          { numRuns: 30 },
        );
        expect(await store.verifyLog()).toMatchObject({ ok: true, events: 30 });
      });

      test("ST3: an update of what is not there is stale; versions that do not follow are refused", async () => {
        const { row, changed } = samples.versioned.tickets;
        expect(await store.write((tx) => tx.tickets.update(changed, 1))).toEqual({ kind: "stale" });
        await expect(store.write((tx) => tx.tickets.insert({ ...row, version: 2 }))).rejects.toThrow(/version 1/);
        await expect(store.write((tx) => tx.tickets.update({ ...row, version: 5 }, 1))).rejects.toThrow(/followed by 2/);
        expect(await read((tx) => tx.tickets.list())).toEqual([]);
      });

      test("ST4: lists are in the order of insertion, which replacing does not change and removing ends", async () => {
        const put = (id: string, value: number) => store.write((tx) => tx.notes.put({ id, value }));
        for (const id of ["c", "a", "b"]) await put(id, 1);
        await put("a", 2);
        await store.write((tx) => tx.notes.remove("c"));
        await put("c", 3);
        const notes = await store.read((tx) => tx.notes.list());
        expect(notes.map((note) => `${note.id}${note.value}`)).toEqual(["a2", "b1", "c3"]);
      });

      test("ST4: lists are filtered by equality on every field that is named", async () => {
        const { row } = samples.plain.candidates;
        const ids = [
          { id: "1", domain: "music", status: "open", ticket: "MUS-1" },
          { id: "2", domain: "music", status: "written" },
          { id: "3", domain: "agency", status: "open" },
        ] as const;
        await store.write(async (tx) => {
          for (const given of ids) await tx.candidates.put({ ...row, ...given });
        });
        const list = (where: Parameters<StoreWriter["candidates"]["list"]>[0]) =>
          store.read(async (tx) => (await tx.candidates.list(where)).map((candidate) => candidate.id));
        expect(await list({})).toEqual(["1", "2", "3"]);
        expect(await list({ domain: "music" })).toEqual(["1", "2"]);
        expect(await list({ domain: "music", status: "open" })).toEqual(["1"]);
        expect(await list({ ticket: "MUS-1" })).toEqual(["1"]);
        expect(await list({ domain: "music' or 1=1 --" })).toEqual([]);
      });

      test("ST4: tickets are found by the state that they are in now, and by their domain", async () => {
        const { row } = samples.versioned.tickets;
        const merged = { ...row, version: 2, status: { state: "merged" as const, commit: "a".repeat(40), receipt: "r" } };
        await store.write(async (tx) => {
          for (const id of ["MUS-1", "MUS-2"]) await tx.tickets.insert({ ...row, id });
          await tx.tickets.insert({ ...row, id: "AGY-1", domain: "agency", status: { state: "ready" } });
          await tx.tickets.update({ ...merged, id: "MUS-1" }, 1);
        });
        const list = (where: Parameters<StoreWriter["tickets"]["list"]>[0]) =>
          store.read(async (tx) => (await tx.tickets.list(where)).map((ticket) => ticket.id));
        expect(await list({ state: row.status.state })).toEqual(["MUS-2"]);
        expect(await list({ state: "merged" })).toEqual(["MUS-1"]);
        expect(await list({ state: "ready", domain: "agency" })).toEqual(["AGY-1"]);
        expect(await list({ state: "ready", domain: "music" })).toEqual([]);
        expect(await list({})).toEqual(["MUS-1", "MUS-2", "AGY-1"]);
      });

      test("ST1: a stored record is nobody's object: changing what was put or read changes nothing", async () => {
        const value = { list: [1] };
        await store.write((tx) => tx.notes.put({ id: "n", value }));
        value.list.push(2);
        const seen = await store.read((tx) => tx.notes.get("n"));
        (seen as { value: { list: number[] } }).value.list.push(3);
        expect(await read((tx) => tx.notes.get("n"))).toEqual({ id: "n", value: { list: [1] } });
      });

      test("ST6: numbers count from 1 for each name, and none is given twice", async () => {
        const take = (from: Store, of: string) => from.write((tx) => tx.nextNumber(of));
        const other = await form.again();
        expect([await take(store, "MUS"), await take(other, "MUS"), await take(store, "session"), await take(store, "MUS")]).toEqual([
          1, 2, 1, 3,
        ]);
        const many = await Promise.all(Array.from({ length: 20 }, (_, n) => take(n % 2 ? store : other, "MUS")));
        expect([...many].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 4));
      });
    });

    describe("transactions", () => {
      test("ST2: a body that throws takes everything back, its events and numbers too", async () => {
        const { plain, versioned } = samples;
        const failing = store.write(async (tx) => {
          await tx.tickets.insert(versioned.tickets.row);
          await tx.append(created);
          await tx.nextNumber("MUS");
          await tx.leases.put(plain.leases.row);
          throw new Error("no");
        });
        await expect(failing).rejects.toThrow("no");
        const left = await store.read(async (tx) => [
          await tx.tickets.list(),
          await tx.events(),
          await tx.leases.list(),
          await tx.logHead(),
        ]);
        expect(left).toEqual([[], [], [], genesisHash]);
        expect(await store.write((tx) => tx.nextNumber("MUS"))).toBe(1);
      });

      test("ST2: a write sees its own changes; nobody else does before its end", async () => {
        const other = await form.again();
        let go = () => {};
        const gate = new Promise<void>((resolve) => {
          go = resolve;
        });
        let reached = () => {};
        const half = new Promise<void>((resolve) => {
          reached = resolve;
        });
        const writing = store.write(async (tx) => {
          await tx.notes.put({ id: "n", value: 1 });
          expect(await tx.notes.get("n")).toEqual({ id: "n", value: 1 });
          expect(await tx.append(created)).toMatchObject({ seq: 1 });
          expect(await tx.events()).toHaveLength(1);
          reached();
          await gate;
        });
        await half;
        expect(await other.read((tx) => tx.notes.list())).toEqual([]);
        expect(await read((tx) => tx.events())).toEqual([]);
        go();
        await writing;
        expect(await other.read((tx) => tx.notes.list())).toHaveLength(1);
      });

      test("ST4: one read is one snapshot, whatever is written meanwhile", async () => {
        const other = await form.again();
        await store.write((tx) => tx.notes.put({ id: "n", value: 1 }));
        const seen = await store.read(async (tx) => {
          const before = await tx.notes.get("n");
          await other.write((change) => change.notes.put({ id: "n", value: 2 }));
          await other.write((change) => change.append(created));
          return [before?.value, (await tx.notes.get("n"))?.value, (await tx.events()).length];
        });
        expect(seen).toEqual([1, 1, 0]);
        expect(await store.read(async (tx) => (await tx.notes.get("n"))?.value)).toBe(2);
      });

      test("ST4: a snapshot is taken when the read begins, not at its first query", async () => {
        const other = await form.again();
        const seen = await store.read(async (tx) => {
          await other.write((change) => change.notes.put({ id: "n", value: 1 }));
          return tx.notes.list();
        });
        expect(seen).toEqual([]);
      });

      test("ST2: writes are exclusive: of many at once that read and then write, none is lost", async () => {
        const other = await form.again();
        const add = (to: Store) =>
          to.write(async (tx) => {
            const count = ((await tx.notes.get("sum"))?.value as number | undefined) ?? 0;
            await Promise.resolve();
            await tx.notes.put({ id: "sum", value: count + 1 });
            await tx.append(created);
          });
        await Promise.all(Array.from({ length: 30 }, (_, n) => add(n % 2 ? store : other)));
        expect(await read((tx) => tx.notes.get("sum"))).toEqual({ id: "sum", value: 30 });
        expect(await store.verifyLog()).toMatchObject({ ok: true, events: 30 });
      });

      test("ST7: a write inside a write is refused and takes nothing down; so is a read there", async () => {
        await store.write(async (tx) => {
          await tx.notes.put({ id: "n", value: 1 });
          await expect(store.write((inner) => inner.notes.remove("n"))).rejects.toMatchObject({ code: "store-nested" });
          await expect(store.read((inner) => inner.notes.list())).rejects.toMatchObject({ code: "store-nested" });
        });
        expect(await read((tx) => tx.notes.list())).toHaveLength(1);
      });

      test("ST7: a transaction that is over takes no more", async () => {
        let kept: StoreWriter | undefined;
        await store.write(async (tx) => {
          kept = tx;
        });
        await expect(kept?.notes.put({ id: "late", value: 1 })).rejects.toThrow(/after its transaction had ended/);
        await expect(kept?.append(created)).rejects.toThrow(/after its transaction had ended/);
        expect(await read((tx) => tx.notes.list())).toEqual([]);
      });

      test("ST7: a closed store says so", async () => {
        const other = await form.again();
        await other.close();
        await other.close();
        await expect(other.read((tx) => tx.notes.list())).rejects.toMatchObject({ code: "store-unavailable" });
        await expect(other.write((tx) => tx.nextNumber("x"))).rejects.toMatchObject({ code: "store-unavailable" });
        expect(await read((tx) => tx.notes.list())).toEqual([]);
      });

      test("ST2 ST3 ST6: any transactions through two handles leave what a plain model of them leaves", async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(transactionArb, { maxLength: 12 }), async (transactions) => {
            const fresh = await open();
            try {
              await replayOnModel({ handles: [fresh.store, await fresh.again()], transactions });
            } finally {
              await fresh.dispose();
            }
          }),
          { numRuns: 25 },
        );
      }, 60_000);
    });

    describe("log", () => {
      test("I8 ST5: events are numbered, timed and chained, and the head is the last one's hash", async () => {
        const first = await store.write((tx) => tx.append(created));
        const second = await store.write((tx) => tx.append({ kind: "gate.landed", actor: "mos", authority: "r1", reason: "green" }));
        expect(first).toMatchObject({ ...created, seq: 1, prev: genesisHash, data: {} });
        expect(second).toMatchObject({ seq: 2, prev: first.hash, authority: "r1" });
        expect(Date.parse(second.at)).toBeGreaterThanOrEqual(Date.parse(first.at));
        for (const event of [first, second]) expect(event.hash).toBe(computeEventHash(event, hashText));
        expect(await read((tx) => tx.logHead())).toBe(second.hash);
        expect(await read((tx) => tx.lastEvent())).toEqual(second);
        expect(await read((tx) => tx.events())).toEqual([first, second]);
        expect(await store.verifyLog()).toEqual({ ok: true, events: 2, head: second.hash });
      });

      test("I8: an empty log is whole", async () => {
        expect(await store.verifyLog()).toEqual({ ok: true, events: 0, head: genesisHash });
        expect(await read((tx) => tx.lastEvent())).toBeUndefined();
        expect(await store.integrityProblems()).toEqual([]);
      });

      test("I8: events are found by what follows a number, by ticket, domain and kind, and no more than asked for", async () => {
        await store.write(async (tx) => {
          await tx.append(created);
          await tx.append({ ...created, kind: "ticket.ready" });
          await tx.append({ ...created, ticket: "AGE-1", domain: "agency" });
          await tx.append({ kind: "session.started", actor: "mos", reason: "morning" });
        });
        const find = (where: Parameters<StoreWriter["events"]>[0]) =>
          store.read(async (tx) => (await tx.events(where)).map((event) => event.seq));
        expect(await find({})).toEqual([1, 2, 3, 4]);
        expect(await find({ since: 2 })).toEqual([3, 4]);
        expect(await find({ ticket: "MUS-1" })).toEqual([1, 2]);
        expect(await find({ domain: "agency" })).toEqual([3]);
        expect(await find({ kind: "ticket.created" })).toEqual([1, 3]);
        expect(await find({ kind: "ticket.created", since: 1 })).toEqual([3]);
        expect(await find({ limit: 2 })).toEqual([1, 2]);
        expect(await find({ since: 4 })).toEqual([]);
      });

      test("I8: what is no event is refused, and the write with it", async () => {
        const bad = store.write(async (tx) => {
          await tx.notes.put({ id: "n", value: 1 });
          await tx.append({ ...created, kind: "Not A Kind" });
        });
        await expect(bad).rejects.toThrow();
        expect(await read((tx) => tx.notes.list())).toEqual([]);
      });

      test("I8: a log that was found whole up to a place is walked from there, if that place still stands", async () => {
        const first = await store.write((tx) => tx.append(created));
        const second = await store.write((tx) => tx.append(created));
        const whole = { ok: true, events: 2, head: second.hash };
        expect(await store.verifyLog({ seq: 1, head: first.hash })).toEqual(whole);
        expect(await store.verifyLog({ seq: 2, head: second.hash })).toEqual(whole);
        expect(await store.verifyLog({ seq: 0, head: genesisHash })).toEqual(whole);
        expect(await store.verifyLog({ seq: 1, head: second.hash })).toMatchObject({ ok: false, brokenAt: 1 });
        expect(await store.verifyLog({ seq: 3, head: second.hash })).toMatchObject({ ok: false, brokenAt: 3 });
      });

      test("I8: data may hold anything that JSON can, a key __proto__ too, and the chain holds", async () => {
        const data = JSON.parse('{"__proto__":{"a":1},"deep":{"__proto__":[1],"constructor":null},"":0,"\\u0000":"\\ud800"}');
        const event = await store.write((tx) => tx.append({ ...created, data, reason: "\ud800\0" }));
        expect((await store.read((tx) => tx.events()))[0]).toEqual(event);
        expect(event.data).toMatchObject({ "": 0, "\0": "\ud800" });
        expect(await store.verifyLog()).toMatchObject({ ok: true, events: 1 });
      });

      test("I8: a long log verifies, in pages", async () => {
        await store.write(async (tx) => {
          for (let n = 0; n < 1203; n += 1) await tx.append({ ...created, reason: `${n}` });
        });
        expect(await store.verifyLog()).toMatchObject({ ok: true, events: 1203 });
      });
    });
  });
}

/** Rows of any collection, for the tests that run over all of them. */
interface AnyRows {
  get(id: string): Promise<unknown>;
  list(): Promise<unknown[]>;
  put(row: unknown): Promise<void>;
  remove(id: string): Promise<void>;
  insert(row: unknown): Promise<void>;
  update(row: unknown, expected: number): Promise<unknown>;
}
