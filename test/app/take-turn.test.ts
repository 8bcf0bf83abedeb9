import { afterEach, describe, expect, test } from "vitest";
import { findOpenSession } from "../../src/app/open-session.ts";
import { isOwed, listTurns, type Turn, takeTurn } from "../../src/app/take-turn.ts";
import { type OpenedWorld, openWorld } from "../support/open-world.ts";
import { samples } from "../support/sample-records.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});

describe("a turn of the rhythm", () => {
  test("H12: a scout's questions wait in an open session; nothing new opens none and writes nothing", async () => {
    opened = await openWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n" } } });
    const { world } = opened;
    const turns = listTurns(world);
    expect(turns.map(({ kind, domain }) => `${kind} ${domain}`)).toEqual([
      "scout music",
      "distill music",
      "scout operator",
      "distill operator",
    ]);
    const scout = turns[0] as (typeof turns)[number];
    expect(await takeTurn(world, scout)).toBe(true);
    const session = await world.store.read(findOpenSession);
    expect(session).toMatchObject({ scouted: ["music"], modelCalls: 0 });
    const head = () => world.store.read((tx) => tx.logHead());
    const before = await head();
    expect(await takeTurn(world, scout)).toBe(false);
    expect(await takeTurn(world, { ...scout, domain: "gone" })).toBe(false);
    expect(await head()).toBe(before);
    expect(await takeTurn(world, turns[1] as (typeof turns)[number])).toBe(false);
  });

  test("H12: what is owed: a brief older than its time, an artifact from before it; never a domain that was never briefed", async () => {
    opened = await openWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n" } } });
    const { world } = opened;
    const [scout, distil] = listTurns(world) as [Turn, Turn];
    const tomorrow = new Date(Date.now() + 86_400_000);
    const yesterday = new Date(Date.now() - 86_400_000);
    expect(await isOwed(world, scout, tomorrow)).toBe(false);
    await takeTurn(world, scout);
    expect([await isOwed(world, scout, tomorrow), await isOwed(world, scout, yesterday)]).toEqual([true, false]);
    expect(await isOwed(world, distil, tomorrow)).toBe(false);
    const artifact = { ...samples.plain.artifacts.row, at: world.clock.now() };
    await world.store.write((tx) => tx.artifacts.put(artifact));
    expect([await isOwed(world, distil, tomorrow), await isOwed(world, distil, yesterday)]).toEqual([true, false]);
    await world.store.write((tx) => tx.artifacts.put({ ...artifact, distilledAt: world.clock.now() }));
    expect(await isOwed(world, distil, tomorrow)).toBe(false);
  });
});
