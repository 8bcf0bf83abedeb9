import fc from "fast-check";
import { expect, test } from "vitest";
import { MosError } from "../../../src/contract/error.ts";
import { applyTransition } from "../../../src/core/ticket/apply-transition.ts";
import { transition } from "../../../src/core/ticket/transition.ts";
import { makeTicketStore } from "../../support/make-ticket-store.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";
import { sampleLease, sampleReceipt } from "../../support/sample-records.ts";
import { applyPurely } from "./apply-purely.ts";
import { moves, nextEvent, startTickets } from "./random-moves.ts";

const seed = readSeed();
const numRuns = scaleRuns({ short: 15, long: 200 });

test(`T6: the store holds exactly what the pure model holds, its log tells each step, and a refusal writes nothing (${numRuns} runs, seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(moves, async (list) => {
      const { store, close } = await makeTicketStore();
      try {
        await store.write(async (tx) => {
          for (const ticket of startTickets) await tx.tickets.insert(ticket);
        });
        let model = startTickets;
        let events = 0;
        for (const move of list) {
          const { id, operator } = move;
          // An intent to land exists for what is under verification alone (T6b).
          const landing = move.landing && model.some((ticket) => ticket.id === id && ticket.status.state === "verifying");
          const event = nextEvent(model, move);
          if (event === undefined) continue;
          const authority = operator ? { authority: "operator" } : {};
          const expected = applyPurely(model, { id, event, transition, landing, ...authority });
          const refused = await store
            .write(async (tx) => {
              const receipt = { ...sampleReceipt(), tickets: [id] };
              await tx.leases.put(sampleLease({ key: `ticket:${id}` }));
              if (landing) await tx.landings.put({ id: "l", lane: "music", receipt, startedAt: receipt.landedAt });
              await applyTransition(tx, id, event, { actor: "mos", reason: "random", ...authority });
              await tx.landings.remove("l");
            })
            .then(
              () => undefined,
              (error: unknown) => error,
            );
          if (expected.kind === "refused") expect(refused).toMatchObject({ code: "ticket-refused" });
          else {
            expect(refused instanceof MosError ? refused.message : refused).toBeUndefined();
            model = expected.tickets;
            events += expected.steps.length;
          }
          const stored = await store.read(async (tx) => ({ tickets: await tx.tickets.list(), leases: await tx.leases.list() }));
          expect(stored.tickets).toEqual(model);
          if (expected.kind === "next")
            expect(stored.leases.some((lease) => lease.key === `ticket:${id}`)).toBe(!expected.released.includes(id));
        }
        expect(await store.verifyLog()).toMatchObject({ ok: true, events });
      } finally {
        await close();
      }
    }),
    { seed, numRuns },
  );
}, 600_000);
