import { afterEach, describe, expect, test } from "vitest";
import { findOpenSession } from "../../src/app/open-session.ts";
import { listTurns, takeTurn } from "../../src/app/take-turn.ts";
import { type OpenedWorld, openWorld } from "../support/open-world.ts";

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
});
