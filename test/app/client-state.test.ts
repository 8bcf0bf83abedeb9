import { describe, expect, test } from "vitest";
import { describeStart } from "../../src/app/agents/describe-start.ts";
import { createAgentClient, createProbedAgent } from "../../src/app/client/client-state.ts";
import type { ModelRole } from "../../src/contract/agent.ts";
import { clientDrivers } from "../../src/entry/compose-clients.ts";
import type { ClientFound } from "../../src/port/agent-client.ts";
import { createFixedClock } from "../support/fixed-clock.ts";
import { createMemoryStore } from "../support/memory-store.ts";

const driver = clientDrivers[0] as (typeof clientDrivers)[number];
const places = { root: "/nowhere/os", machineDir: "/nowhere/etc", hook: "/nowhere/mos-hook", node: "/usr/bin/node" };
const is = (version: string): ClientFound => ({ kind: "found", program: "/usr/bin/claude", version });

const map = (version: string, start = describeStart(driver)) => ({
  ...{ runtime: "claude", version, start, observedAt: "2026-11-20T08:00:00.000Z", rows: [], missed: [] },
});

async function ask(found: ClientFound, proof?: Record<string, unknown>, kept: unknown = map("2.1.330"), roles: ModelRole[] = []) {
  const store = createMemoryStore(createFixedClock("2026-11-20T08:00:00.000Z"));
  if (proof) await store.write((tx) => tx.notes.put({ id: "proof:claude", value: proof }));
  await store.write((tx) => tx.notes.put({ id: "capability:claude", value: kept }));
  let asked = 0;
  const client = createAgentClient({
    driver,
    find: async () => {
      asked += 1;
      return found;
    },
    places,
    store,
  });
  expect(asked).toBe(0);
  const answer = { missing: await client.missing?.(), guards: await client.guards(), capabilities: await client.capabilities(roles) };
  expect(asked).toBe(1);
  return answer;
}

describe("what the doctor asks of a client", () => {
  test("C12: one that is not there, or never proven, is disabled and named", async () => {
    expect(await ask({ kind: "absent", remedy: "install it" })).toMatchObject({ missing: "not installed" });
    expect(await ask(is("2.1.330"))).toMatchObject({ missing: expect.stringContaining("not proven here") });
  });

  test("C12: what was seen of the version that is installed holds; of another it has to be seen anew", async () => {
    const proof = { client: "claude", state: "proven", version: "2.1.330" };
    expect(await ask(is("2.1.330"), proof)).toMatchObject({ missing: undefined, guards: { ok: true }, capabilities: { ok: true } });
    expect((await ask(is("2.1.400"), proof)).capabilities).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/2\.1\.330.*2\.1\.400/),
      fix: "Run: mos doctor --prove",
    });
    expect((await ask(is("2.1.330"), { ...proof, state: "not-proven" })).capabilities).toMatchObject({ ok: false });
  });

  test("A7: one that was never probed is disabled and named; what is kept in another shape was not seen", async () => {
    const proof = { client: "claude", state: "proven", version: "2.1.330" };
    for (const kept of [null, {}, { ...map("2.1.330"), rows: "all" }])
      expect((await ask(is("2.1.330"), proof, kept)).missing).toBe("not probed here (mos agents probe --runtime claude)");
  });

  test("A4 A7: what was seen of another version, in another way of starting or not as a role that it is to play, fails check 13", async () => {
    const proof = { client: "claude", state: "proven", version: "2.1.330" };
    const fix = "Run: mos agents probe --runtime claude";
    expect((await ask(is("2.1.330"), proof, map("2.1.329"))).capabilities).toMatchObject({ ok: false, fix });
    expect((await ask(is("2.1.330"), proof, map("2.1.330", "another way"))).capabilities).toMatchObject({
      ...{ ok: false, reason: "Master OS starts it in another way than what was seen", fix },
    });
    expect((await ask(is("2.1.330"), proof, map("2.1.330"), ["scout"])).capabilities).toMatchObject({
      ...{ ok: false, reason: "claude was not seen as scout", fix },
    });
  });

  test("C2 C12: one that is too old fails its guards, with the reason", async () => {
    const old: ClientFound = {
      kind: "refused",
      program: "/usr/bin/claude",
      version: "2.1.197",
      reason: "too old",
      remedy: "Install a newer one.",
    };
    expect((await ask(old, { state: "proven" })).guards).toEqual({ ok: false, reason: "too old", fix: "Install a newer one." });
  });

  test("A7: an agent that speaks ACP is asked the same, but for guards and proofs, of which it has none", async () => {
    const store = createMemoryStore(createFixedClock("2026-11-20T08:00:00.000Z"));
    const client = createProbedAgent({ driver, find: async () => is("2.1.330"), store: () => store });
    expect(await client.missing?.()).toBe("not probed here (mos agents probe --runtime claude)");
    await store.write((tx) => tx.notes.put({ id: "capability:claude", value: map("2.1.330") }));
    expect(await client.missing?.()).toBeUndefined();
    expect(await client.guards()).toMatchObject({ ok: true });
    expect(await client.capabilities()).toMatchObject({ ok: true });
    expect(await client.capabilities(["executor"])).toMatchObject({ ok: false, reason: "claude was not seen as executor" });
    await store.write((tx) => tx.notes.put({ id: "capability:claude", value: map("2.1.329") }));
    expect(await client.capabilities()).toMatchObject({ ok: false, fix: "Run: mos agents probe --runtime claude" });
  });
});
