import fc from "fast-check";
import { expect, test } from "vitest";
import type { Event } from "../../../src/contract/event.ts";
import { computeEventHash, genesisHash } from "../../../src/core/log/event-hash.ts";
import { verifyChain } from "../../../src/core/log/verify-chain.ts";
import { hashText } from "../../support/hash-text.ts";

const reasons = fc.array(fc.string(), { minLength: 1, maxLength: 20 });

function makeChain(words: readonly string[]): Event[] {
  const events: Event[] = [];
  for (const reason of words) {
    const seq = events.length + 1;
    const line = {
      seq,
      at: "2026-11-01T08:00:00.000Z",
      kind: "test.made",
      actor: "mos",
      reason,
      data: {},
      prev: events.at(-1)?.hash ?? genesisHash,
    };
    events.push({ ...line, hash: computeEventHash(line, hashText) });
  }
  return events;
}

function verify(events: readonly Event[], recorded?: { seq: number; head: string }) {
  return verifyChain({ events, sha256: hashText, ...(recorded && { recorded }) });
}

test("I8: an event's hash is SHA-256 over its canonical JSON without the hash: a known one", () => {
  const line = { seq: 1, at: "2026-11-01T08:00:00.000Z", kind: "test.made", actor: "mos", reason: "x", data: {}, prev: genesisHash };
  const text = `{"actor":"mos","at":"2026-11-01T08:00:00.000Z","data":{},"kind":"test.made","prev":"${"0".repeat(64)}","reason":"x","seq":1}`;
  expect(computeEventHash(line, (given) => given)).toBe(text);
  expect(computeEventHash({ ...line, hash: "anything" } as Event, (given) => given)).toBe(text);
});

test("I8: a chain that nobody touched verifies, up to its head", () => {
  fc.assert(
    fc.property(reasons, (words) => {
      const chain = makeChain(words);
      expect(verify(chain)).toEqual({ ok: true, events: chain.length, head: chain.at(-1)?.hash });
    }),
  );
});

test("I8: any change of any field of any event is found at that event", () => {
  const field = fc.constantFrom("at", "kind", "actor", "reason", "prev", "hash", "seq", "data", "authority", "ticket", "domain");
  fc.assert(
    fc.property(reasons, fc.nat(), field, (words, where, name) => {
      const chain = makeChain(words);
      const index = where % chain.length;
      const event = chain[index] as Event;
      const changed = name === "seq" ? 99 : name === "data" ? { more: 1 } : `${event[name as keyof Event] ?? ""}x`;
      chain[index] = { ...event, [name]: changed } as Event;
      expect(verify(chain)).toMatchObject({ ok: false, events: chain.length, brokenAt: index + 1 });
    }),
  );
});

test("I8: an event that is changed with its hash made to fit is found at the next one", () => {
  const chain = makeChain(["a", "b", "c"]);
  const forged = { ...(chain[1] as Event), reason: "forged" };
  chain[1] = { ...forged, hash: computeEventHash(forged, hashText) };
  expect(verify(chain)).toMatchObject({ ok: false, brokenAt: 3 });
});

test("I8: a missing, a doubled and a moved event are found at the first number that does not fit", () => {
  const [one, two, three] = makeChain(["a", "b", "c"]) as [Event, Event, Event];
  expect(verify([one, three])).toMatchObject({ ok: false, brokenAt: 2 });
  expect(verify([two, three])).toMatchObject({ ok: false, brokenAt: 1 });
  expect(verify([one, two, two, three])).toMatchObject({ ok: false, brokenAt: 3 });
  expect(verify([one, three, two])).toMatchObject({ ok: false, brokenAt: 2 });
});

test("I8: a log that was cut short, or goes on past its recorded end, is found by that end", () => {
  const chain = makeChain(["a", "b", "c"]) as [Event, Event, Event];
  const end = { seq: 3, head: chain[2].hash };
  expect(verify(chain, end)).toMatchObject({ ok: true });
  expect(verify(chain.slice(0, 2), end)).toMatchObject({ ok: false, brokenAt: 3 });
  expect(verify([], end)).toMatchObject({ ok: false, brokenAt: 1 });
  expect(verify(chain, { seq: 2, head: chain[1].hash })).toMatchObject({ ok: false, brokenAt: 3 });
  const forged = { ...chain[2], reason: "forged" };
  expect(verify([chain[0], chain[1], { ...forged, hash: computeEventHash(forged, hashText) }], end)).toMatchObject({
    ok: false,
    brokenAt: 3,
  });
});
