import { expect, test } from "vitest";
import { judgeLastProofs } from "../../../src/app/prove/judge-last-proofs.ts";
import { readProofs, recordProofs } from "../../../src/app/prove/record-proofs.ts";
import type { Proof } from "../../../src/contract/proof.ts";
import type { AgentClientDriver, ClientFound } from "../../../src/port/agent-client.ts";
import type { World } from "../../../src/port/world.ts";
import { createFixedClock } from "../../support/fixed-clock.ts";
import { createMemoryStore } from "../../support/memory-store.ts";

const at = "2026-11-23T08:00:00.000Z";
const row = {
  client: "claude",
  profile: "executor",
  agent: "main",
  way: "as started",
  guard: "boundary-guard",
  attempt: "move main",
} as const;
const proof: Proof = {
  ...{ client: "claude", state: "not-proven", version: "2.1.330", at, guards: "abc", reason: "1 of 1", fix: "look" },
  rows: [{ ...row, outcome: "not-refused", layers: [], calls: [{ tool: "Write", outcome: "not-refused", words: "it wrote /x" }] }],
};
const driver = (found: ClientFound) => ({ name: "claude", find: async () => found }) as unknown as AgentClientDriver;

test("D37: what was found is kept with version, time and guards, and the log names what was not refused", async () => {
  const world = { store: createMemoryStore(createFixedClock(at)) } as unknown as World;
  await recordProofs(world, [proof, { ...proof, client: "codex", state: "absent", rows: [] }]);
  expect(await readProofs(world, ["claude", "codex"])).toEqual([{ ...proof, rows: [] }]);
  const events = await world.store.read((tx) => tx.events({}));
  expect(events).toMatchObject([
    { kind: "guard.proven", actor: "mos", data: { client: "claude", version: "2.1.330", state: "not-proven" } },
  ]);
  expect(events[0]?.data.open).toEqual(["main, as started: move main"]);
});

test.each<[string, ClientFound, string, string | undefined]>([
  ["the same", { kind: "found", program: "/c", version: "2.1.330" }, "abc", undefined],
  ["not on PATH", { kind: "absent", remedy: "" }, "abc", undefined],
  ["another version", { kind: "found", program: "/c", version: "2.1.331" }, "abc", "2.1.331 is installed now"],
  ["other guards", { kind: "found", program: "/c", version: "2.1.330" }, "abd", "the guards have changed since"],
])("D37: a proof of before, the client now %s", async (_how, found, guards, stale) => {
  const [judged] = await judgeLastProofs({ proofs: [proof], drivers: [driver(found)], path: "", describeGuards: () => guards });
  expect(judged).toEqual({ client: "claude", state: "not-proven", version: "2.1.330", at, ...(stale ? { stale } : {}) });
});
