import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../src/port/store.ts";
import { sampleLease, sampleTicket } from "../support/sample-records.ts";

/** A store that is new and empty, and how to be rid of it. */
export interface StoreForm {
  readonly store: Store;
  /** The same data through another handle, as another process has it. */
  again(): Promise<Store>;
  dispose(): Promise<void>;
}

const event = { kind: "ticket.created", actor: "operator", reason: "because", ticket: "MUS-1", domain: "music" };

/** What every adapter of the store port must do. A second adapter passes this suite or is not one. */
export function describeStoreConformance(name: string, open: () => Promise<StoreForm>): void {
  describe(`store conformance: ${name}`, () => {
    let form: StoreForm;
    let store: Store;

    beforeEach(async () => {
      form = await open();
      store = form.store;
    });
    afterEach(() => form.dispose());

    test("ST1: what was written is read, by this handle and by another", async () => {
      const ticket = sampleTicket({ body: "ünïcode \u0000 \ud800 and\nlines" });
      await store.write((tx) => tx.tickets.insert(ticket));
      expect(await store.read((tx) => tx.tickets.get("MUS-1"))).toEqual(ticket);
      const other = await form.again();
      expect(await other.read((tx) => tx.tickets.get("MUS-1"))).toEqual(ticket);
      expect(await store.read((tx) => tx.tickets.get("MUS-2"))).toBeUndefined();
    });

    test("ST3: an update names the version that it read; a stale one changes nothing", async () => {
      await store.write((tx) => tx.tickets.insert(sampleTicket()));
      const next = sampleTicket({ version: 2, title: "second" });
      expect(await store.write((tx) => tx.tickets.update(next, 1))).toEqual({ kind: "saved" });
      expect(await store.write((tx) => tx.tickets.update({ ...next, title: "late" }, 1))).toEqual({ kind: "stale" });
      expect(await store.read((tx) => tx.tickets.get("MUS-1"))).toEqual(next);
      await expect(store.write((tx) => tx.tickets.insert(sampleTicket()))).rejects.toMatchObject({ code: "exists" });
    });

    test("ST2: a body that throws takes everything back, its events and numbers too", async () => {
      const failing = store.write(async (tx) => {
        await tx.tickets.insert(sampleTicket());
        await tx.append(event);
        await tx.nextNumber("MUS");
        await tx.leases.put(sampleLease());
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      const left = await store.read(async (tx) => [await tx.tickets.list(), await tx.events(), await tx.leases.list(), await tx.logHead()]);
      expect(left).toEqual([[], [], [], "0".repeat(64)]);
      expect(await store.write((tx) => tx.nextNumber("MUS"))).toBe(1);
    });
  });
}
