import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listEvents } from "../../../src/app/list-events.ts";
import { sweepWorkspace } from "../../../src/stage/sweep/sweep-workspace.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

let opened: OpenedWorld;
beforeEach(async () => {
  const files = { "check.sh": "true\n" };
  opened = await openWorld({ music: { prefix: "MUS", files }, trading: { prefix: "TRD", files, sealed: true } });
});
afterEach(() => opened.remove());

const sweep = () => sweepWorkspace(opened.world, { isAlive: () => false });

test("S28: that a lane is tried again is its domain's to know: of a sealed one the operator alone sees it, and its paths", async () => {
  const { store } = opened.world;
  const pause = (lane: string, path: string) => ({
    id: lane,
    paused: { by: "local-edits" as const, reason: `it would overwrite ${path}`, paths: [path] },
  });
  await store.write(async (tx) => {
    await tx.lanes.put(pause("music", "song.txt"));
    await tx.lanes.put(pause("trading", "edge.txt"));
    await tx.lanes.put(pause("trading/desk", "desk.txt"));
  });
  expect((await sweep()).lanes).toEqual(["music", "trading", "trading/desk"]);
  const seen = async (operator: boolean) =>
    (await listEvents(opened.world, { operator }))
      .filter(({ kind }) => kind === "lane.resumed")
      .map(({ domain, reason }) => `${domain}: ${reason}`);
  expect(await seen(false)).toEqual(["music: tried again: it would overwrite song.txt"]);
  expect(await seen(true)).toHaveLength(3);
});

test("S28: what a killed merge had beside the objects goes, and what is young or another's stays", async () => {
  const gitDir = join(opened.root, "trading/.git");
  const at = (name: string) => join(gitDir, name);
  mkdirSync(at("mos-unite-old"));
  writeFileSync(at("mos-unite-old/ours"), "text\n");
  for (const name of ["mos-index-old", "mos-index-old.lock", "mos-index-young", "mos-ref-log", "index.mine"])
    writeFileSync(at(name), "names\n");
  const long = new Date(Date.now() - 120_000);
  for (const name of ["mos-unite-old", "mos-index-old", "mos-index-old.lock", "mos-ref-log", "index.mine"])
    utimesSync(at(name), long, long);
  const lease = { key: "lane:music", owner: "host/1/1", pid: 2 ** 22 + 1, process: "none", epoch: 1, beat: 0 };
  await opened.world.store.write((tx) => tx.leases.put(lease));
  expect((await sweep()).locks.toSorted()).toEqual([at("mos-index-old"), at("mos-index-old.lock"), at("mos-unite-old")]);
  expect(["mos-index-young", "mos-ref-log", "index.mine", "HEAD"].map((name) => existsSync(at(name)))).toEqual([true, true, true, true]);
});
