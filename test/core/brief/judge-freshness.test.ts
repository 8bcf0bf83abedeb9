import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DomainConfig } from "../../../src/contract/config.ts";
import { Playbook } from "../../../src/contract/playbook.ts";
import { computeFreshUntil } from "../../../src/core/brief/compute-fresh-until.ts";
import { judgeFreshness } from "../../../src/core/brief/judge-freshness.ts";
import { listParts, type ScoutInputs } from "../../../src/core/brief/list-parts.ts";
import { hashText } from "../../support/hash-text.ts";
import { makeTicket, objectId } from "../../support/make-ticket.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";

const at = "2026-11-20T08:00:00.000Z";
const freshUntil = "2026-11-21T08:00:00.000Z";

function fingerprint(inputs: ScoutInputs): string {
  return hashText(JSON.stringify(Object.entries(listParts(inputs)).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function judge(before: ScoutInputs, after: ScoutInputs, now = "2026-11-20T08:03:00.000Z") {
  const brief = { at, freshUntil, fingerprint: fingerprint(before) };
  return judgeFreshness({ brief, seen: listParts(before), parts: listParts(after), fingerprint: fingerprint(after), now });
}

function makePlaybook(id: string, question: string): Playbook {
  return Playbook.parse({ id, title: id, detect: "true", decide: { question, options: [{ id: "leave", label: "Leave" }] } });
}

const base: ScoutInputs = {
  scout: "local/1",
  heads: { home: objectId(1), app: objectId(2) },
  tickets: [makeTicket(), makeTicket({ id: "MUS-2", version: 3 })],
  config: DomainConfig.parse({ prefix: "MUS", home: { path: "music" } }),
  playbooks: [makePlaybook("links", "Mend?"), makePlaybook("todo", "Do?")],
  checks: { home: { commit: objectId(1), green: true, name: "test" } },
};

describe("S1: nothing changed", () => {
  test("S1: the same inputs are fresh, and say their age", () => {
    expect(judge(base, structuredClone(base))).toEqual({ fresh: true, ageMs: 180_000 });
  });

  test("S1: the order in which inputs were gathered makes no difference", () => {
    const config = Object.fromEntries(Object.entries(base.config).reverse()) as ScoutInputs["config"];
    const heads = { app: objectId(2), home: objectId(1) };
    expect(judge(base, { ...base, config, heads, tickets: base.tickets.toReversed(), playbooks: base.playbooks.toReversed() }).fresh).toBe(
      true,
    );
  });
});

const changed: Record<string, [ScoutInputs, string]> = {
  "the home's head": [{ ...base, heads: { ...base.heads, home: objectId(9) } }, "main of home"],
  "an attached repository's head": [{ ...base, heads: { ...base.heads, app: objectId(9) } }, "main of app"],
  "a repository more": [{ ...base, heads: { ...base.heads, web: objectId(3) } }, "main of web"],
  "a repository less": [{ ...base, heads: { home: objectId(1) } }, "main of app"],
  "a ticket's version": [{ ...base, tickets: [makeTicket({ version: 2 }), makeTicket({ id: "MUS-2", version: 3 })] }, "tickets"],
  "a ticket's state": [
    { ...base, tickets: [makeTicket({ status: { state: "ready" } }), makeTicket({ id: "MUS-2", version: 3 })] },
    "tickets",
  ],
  "a ticket more": [{ ...base, tickets: [...base.tickets, makeTicket({ id: "MUS-3" })] }, "tickets"],
  "the configuration": [
    { ...base, config: DomainConfig.parse({ prefix: "MUS", home: { path: "music" }, runtime: "claude" }) },
    "configuration",
  ],
  "a playbook's content": [{ ...base, playbooks: [makePlaybook("links", "Mend them?"), makePlaybook("todo", "Do?")] }, "playbooks"],
  "a playbook more": [{ ...base, playbooks: [...base.playbooks, makePlaybook("new", "New?")] }, "playbooks"],
  "a check that turned red": [{ ...base, checks: { home: { commit: objectId(1), green: false, name: "test" } } }, "checks"],
  "the scout's version": [{ ...base, scout: "local/2" }, "scout"],
};

describe("S2: each input that changes makes a domain not fresh, and is named", () => {
  test.for(Object.entries(changed))("S2: %s", ([, [after, name]]) => {
    expect(judge(base, after)).toEqual({ fresh: false, reason: `changed: ${name}`, changed: [name] });
  });

  const seed = readSeed();
  test(`S2: equal fingerprints mean equal inputs, whatever they are (seed ${seed})`, () => {
    const input = fc.record({
      scout: fc.constantFrom("local/1", "local/2"),
      heads: fc.dictionary(fc.constantFrom("home", "app", "web"), fc.nat(3).map(objectId)),
      tickets: fc.uniqueArray(fc.record({ n: fc.integer({ min: 1, max: 3 }), version: fc.integer({ min: 1, max: 3 }) }), {
        selector: (t) => t.n,
      }),
      runtime: fc.constantFrom("playbook", "claude"),
      questions: fc.uniqueArray(fc.constantFrom("Mend?", "Do?", "Move?")),
    });
    const make = (drawn: typeof input extends fc.Arbitrary<infer T> ? T : never): ScoutInputs => ({
      scout: drawn.scout,
      heads: drawn.heads,
      tickets: drawn.tickets.map(({ n, version }) => makeTicket({ id: `MUS-${n}`, version })),
      config: DomainConfig.parse({ prefix: "MUS", home: { path: "music" }, runtime: drawn.runtime }),
      checks: {},
      playbooks: drawn.questions.map((question, index) => makePlaybook(`p${index}`, question)),
    });
    const word = (inputs: ScoutInputs): string =>
      JSON.stringify([
        inputs.scout,
        Object.entries(inputs.heads).sort(),
        inputs.tickets.map((ticket) => `${ticket.id}@${ticket.version}`).sort(),
        "runtime" in inputs.config ? inputs.config.runtime : "",
        inputs.playbooks.map((playbook) => `${playbook.id} ${playbook.decide.question}`).sort(),
      ]);
    fc.assert(
      fc.property(input, input, (a, b) => {
        const [one, other] = [make(a), make(b)];
        expect(judge(one, other).fresh).toBe(word(one) === word(other));
      }),
      { seed, numRuns: scaleRuns({ short: 300, long: 5000 }) },
    );
  });
});

describe("S3: time", () => {
  test("S3: a brief is fresh up to its time and not from it on", () => {
    expect(judge(base, base, "2026-11-21T07:59:59.999Z").fresh).toBe(true);
    expect(judge(base, base, freshUntil).fresh).toBe(false);
  });

  test("S3: a brief from the future is not fresh", () => {
    expect(judge(base, base, "2026-11-20T07:59:59.000Z").fresh).toBe(false);
  });

  test("S3: a domain that was never briefed is not fresh", () => {
    expect(judgeFreshness({ brief: undefined, seen: undefined, parts: {}, fingerprint: "", now: at })).toMatchObject({
      fresh: false,
      reason: "never briefed",
    });
  });

  test("S3: a thread that comes due ends it sooner; one that is due already does not; the greatest age ends it at the latest", () => {
    const due = "2026-11-20T23:00:00.000Z";
    expect(computeFreshUntil({ at, now: at, maxAgeHours: 24, moments: ["2026-11-19T23:00:00.000Z", due] })).toBe(due);
    expect(computeFreshUntil({ at, now: at, maxAgeHours: 24, moments: ["2026-12-24T23:00:00.000Z"] })).toBe(freshUntil);
    expect(computeFreshUntil({ at, now: "2026-11-20T23:30:00.000Z", maxAgeHours: 24, moments: [due] })).toBe(freshUntil);
  });
});
