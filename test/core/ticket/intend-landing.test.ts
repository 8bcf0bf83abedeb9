import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Landing } from "../../../src/contract/run.ts";
import { intendLanding } from "../../../src/core/ticket/intend-landing.ts";
import { objectId } from "../../support/make-ticket.ts";
import { makeTicketStore, type TicketStore } from "../../support/make-ticket-store.ts";
import { sampleReceipt } from "../../support/sample-records.ts";

let tickets: TicketStore;
beforeEach(async () => {
  tickets = await makeTicketStore();
});
afterEach(() => tickets.close());

async function pass(id: string): Promise<string> {
  await tickets.create();
  await tickets.apply(id, { kind: "ready" });
  const commit = (await tickets.handIn(id)).work?.commit ?? "";
  await tickets.apply(id, { kind: "verdict", verdict: { commit, outcome: "pass", id: `${id}/v` } });
  return commit;
}

function intend(heads: Record<string, string>, epochs: Record<string, number> = {}): Promise<void> {
  const receipt = sampleReceipt({ tickets: Object.keys(heads), heads });
  const landing: Landing = { id: "l", lane: "music", receipt, startedAt: receipt.landedAt };
  return tickets.store.write((tx) => intendLanding(tx, landing, { epochs }));
}

const intents = () => tickets.store.read((tx) => tx.landings.list());

describe("an intent to land", () => {
  test("G3, T6b: is written where each ticket of the batch passed with the very work that was tested", async () => {
    await intend({ "MUS-1": await pass("MUS-1"), "MUS-2": await pass("MUS-2") }, { "MUS-1": 1, "MUS-2": 1 });
    expect((await intents()).map(({ receipt }) => receipt.tickets)).toEqual([["MUS-1", "MUS-2"]]);
  });

  test("I4: is refused as a whole where one ticket's work is another by now, though that one passed as well", async () => {
    const [one, before] = [await pass("MUS-1"), await pass("MUS-2")];
    const commit = objectId(77);
    await tickets.apply("MUS-2", { kind: "replace-work", work: { epoch: 1, base: objectId(0), commit, tree: objectId(78) } });
    await tickets.apply("MUS-2", { kind: "verdict", verdict: { commit, outcome: "pass", id: "MUS-2/w" } });
    await expect(intend({ "MUS-1": one, "MUS-2": before })).rejects.toThrow(/I4/);
    expect(await intents()).toEqual([]);
    await intend({ "MUS-1": one, "MUS-2": commit });
    expect(await intents()).toHaveLength(1);
  });

  test("T5: is refused where another attempt has taken over", async () => {
    const commit = await pass("MUS-1");
    await expect(intend({ "MUS-1": commit }, { "MUS-1": 2 })).rejects.toThrow(/T5/);
    expect(await intents()).toEqual([]);
  });
});
