import { afterEach, beforeEach, expect, test } from "vitest";
import { followEvents, listEvents } from "../../src/app/list-events.ts";
import type { Event, EventInput } from "../../src/contract/event.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";
import { sampleTicket } from "../support/sample-records.ts";

let home: WikiWorld;

beforeEach(async () => {
  home = await makeWikiWorld({
    music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n" } },
    trading: { prefix: "TRA", files: { "DOMAIN.md": "# Trading\n" }, sealed: true },
  });
  await home.world.store.write(async (tx) => {
    await tx.tickets.insert(sampleTicket());
    await tx.tickets.insert(sampleTicket({ id: "TRA-1", domain: "trading" }));
  });
  home.clock.set("2026-11-20T08:00:00.000Z");
  await append({ kind: "session.started", reason: "morning" });
  await append({ kind: "ticket.created", reason: "an open one", domain: "music", ticket: "MUS-1" });
  home.clock.set("2026-11-20T10:00:00.000Z");
  await append({ kind: "ticket.created", reason: "a secret one", domain: "trading", ticket: "TRA-1" });
  await append({ kind: "ticket.noted", reason: "a secret without a domain", ticket: "TRA-1" });
  await append({ kind: "brief.written", reason: "of a domain that is gone", domain: "gone" });
  await append({ kind: "ticket.ready", reason: "an open one again", domain: "music", ticket: "MUS-1" });
  home.clock.set("2026-11-20T11:00:00.000Z");
});
afterEach(() => home.remove());

function append(event: Omit<EventInput, "actor">): Promise<Event> {
  return home.world.store.write((tx) => tx.append({ actor: "mos", ...event }));
}

const numbers = async (query: Partial<Parameters<typeof listEvents>[1]>) =>
  (await listEvents(home.world, { operator: false, ...query })).map((event) => event.seq);

test("I8: the log is shown oldest first, what is sealed or of no known domain to the operator alone", async () => {
  expect(await numbers({ operator: true })).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await numbers({})).toEqual([1, 2, 6]);
});

test("I8: the log is shown since an age, a moment or a number, and of one ticket", async () => {
  expect(await numbers({ since: "90m" })).toEqual([6]);
  expect(await numbers({ since: "2026-11-20T09:00", operator: true })).toEqual([3, 4, 5, 6]);
  expect(await numbers({ since: "#2" })).toEqual([6]);
  expect(await numbers({ ticket: "MUS-1" })).toEqual([2, 6]);
  expect(await numbers({ ticket: "MUS-1", since: "90m" })).toEqual([6]);
  expect(await numbers({ ticket: "TRA-1", operator: true })).toEqual([3, 4]);
});

test("I8: a sealed ticket's log is refused without saying whether there is such a ticket; an unknown one is not found", async () => {
  for (const ticket of ["TRA-1", "TRA-99"]) {
    await expect(numbers({ ticket })).rejects.toMatchObject({ name: "MosError", code: "domain-sealed" });
  }
  await expect(numbers({ ticket: "MUS-9" })).rejects.toMatchObject({ code: "ticket-not-found", exit: 3 });
  await expect(numbers({ since: "soon" })).rejects.toMatchObject({ code: "since-invalid", exit: 2 });
});

test("I8: following shows what is there, then each event once as it is written, and ends with the signal", async () => {
  const ending = new AbortController();
  const world = { ...home.world, signal: ending.signal };
  const seen: number[] = [];
  const following = (async () => {
    for await (const event of followEvents(world, { since: "#2", operator: false })) {
      seen.push(event.seq);
      if (event.seq === 6)
        void append({ kind: "ticket.created", reason: "secret", domain: "trading" }).then(() =>
          append({ kind: "session.ended", reason: "evening" }),
        );
      if (event.seq === 8) ending.abort();
    }
  })();
  await following;
  expect(seen).toEqual([6, 8]);
});
