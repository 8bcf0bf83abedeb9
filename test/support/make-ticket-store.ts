import { join } from "node:path";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import type { Ticket, TicketDraft } from "../../src/contract/ticket.ts";
import { type AppliedTransition, applyTransition, type TransitionNote } from "../../src/core/ticket/apply-transition.ts";
import { createTicket } from "../../src/core/ticket/create-ticket.ts";
import type { TicketEvent } from "../../src/core/ticket/ticket-event.ts";
import type { Store } from "../../src/port/store.ts";
import { createFixedClock } from "./fixed-clock.ts";
import { makeTemporaryFolder } from "./make-repository.ts";
import { makeDraft, objectId } from "./make-ticket.ts";

export interface TicketStore {
  readonly store: Store;
  /** Files a draft that a decision stands behind; `music` and MUS unless told otherwise. */
  create(draft?: Partial<TicketDraft>, prefix?: string): Promise<Ticket>;
  apply(id: string, event: TicketEvent, note?: Partial<TransitionNote>): Promise<AppliedTransition>;
  get(id: string): Promise<Ticket>;
  /** Takes a draft or ready ticket all the way. */
  merge(id: string): Promise<Ticket>;
  /** Takes a ready ticket to `verifying`, its work's commit and tree made of `n`. */
  handIn(id: string, n?: number): Promise<Ticket>;
  close(): Promise<void>;
}

/** A real store in a temporary folder, with the few moves that tests of tickets need. */
export async function makeTicketStore(sealedDomains: readonly string[] = []): Promise<TicketStore> {
  const folder = makeTemporaryFolder("mos-tickets-");
  const clock = createFixedClock();
  const store = await openStore({ file: join(folder.path, "store.db"), clock, create: true });
  const apply: TicketStore["apply"] = (id, event, note = {}) =>
    store.write((tx) => applyTransition(tx, id, event, { actor: "mos", reason: event.kind, sealedDomains, ...note }));
  const get: TicketStore["get"] = async (id) => {
    const ticket = await store.read((tx) => tx.tickets.get(id));
    if (ticket === undefined) throw new Error(`no ticket ${id}`);
    return ticket;
  };
  const handIn: TicketStore["handIn"] = async (id, n = 1) => {
    const { ticket } = await apply(id, { kind: "claim" });
    const work = { epoch: ticket.epoch, base: objectId(0), commit: objectId(n), tree: objectId(1000 + n) };
    return (await apply(id, { kind: "hand-in", work })).ticket;
  };
  return {
    store,
    apply,
    get,
    handIn,
    create: (draft = {}, prefix = "MUS") =>
      store.write((tx) =>
        createTicket(tx, {
          draft: makeDraft(draft),
          prefix,
          provenance: { decision: "broken-links" },
          sealedDomains,
          now: clock.now(),
          actor: "operator",
        }),
      ),
    merge: async (id) => {
      if ((await get(id)).status.state === "draft") await apply(id, { kind: "ready" });
      const { work } = await handIn(id);
      await apply(id, { kind: "verdict", verdict: { commit: work?.commit ?? "", outcome: "pass", id: `verdict-${id}` } });
      return (await apply(id, { kind: "land", commit: objectId(99), receipt: `receipt-${id}` })).ticket;
    },
    close: async () => {
      await store.close();
      folder.remove();
    },
  };
}
