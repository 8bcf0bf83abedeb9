import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { verifyLog } from "../../src/app/verify-log.ts";
import type { World } from "../../src/port/world.ts";
import { createFixedClock } from "../support/fixed-clock.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";
import { sampleReceipt } from "../support/sample-records.ts";

let home: WikiWorld;

beforeEach(async () => {
  home = await makeWikiWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Müsic\n" } } });
});
afterEach(() => home.remove());

/** A commit on main with a receipt that names the log's head, as a landing leaves it. */
async function land(given: { logHead?: string; text?: string } = {}): Promise<string> {
  await home.world.store.write((tx) => tx.append({ kind: "gate.tested", actor: "mos", reason: "grün", domain: "music" }));
  const logHead = given.logHead ?? (await home.world.store.read((tx) => tx.logHead()));
  const commit = home.commit("music", { "notes/a.md": `${Math.random()}\n` });
  const git = home.world.git.at(home.domain("music").home.path);
  const blob = await git.writeBlob(given.text ?? JSON.stringify(sampleReceipt({ id: commit, commit, logHead, verdicts: ["ü"] }), null, 2));
  await git.updateRefs([{ ref: `refs/mos/receipts/${commit}`, to: blob, from: undefined }], "test");
  return commit;
}

function withBaseline(baseline: string | undefined): World {
  const music = home.domain("music");
  const repo = { ...music.home, ...(baseline && { baseline }) };
  return { ...home.world, workspace: { ...home.world.workspace, domains: [{ ...music, home: repo, repos: [repo] }] } };
}

test("I8: a log that every receipt's head stands in is whole", async () => {
  for (let n = 0; n < 3; n += 1) await land();
  expect(await verifyLog(home.world)).toMatchObject({ ok: true, events: 3, receipts: 3, lostHeads: [], unread: [] });
});

test("I8: a log that was begun anew, sound in itself, is told by the receipts of the old one", async () => {
  await land();
  const second = await land();
  const store = await openStore({ file: join(home.root, ".mos", "other.db"), clock: createFixedClock(), create: true });
  await store.write((tx) => tx.append({ kind: "gate.tested", actor: "mos", reason: "forged", domain: "music" }));
  const report = await verifyLog({ ...home.world, store });
  await store.close();
  expect(report).toMatchObject({ ok: false, events: 1, receipts: 2 });
  expect(report.brokenAt).toBeUndefined();
  expect(report.lostHeads).toContainEqual(expect.objectContaining({ lane: "music", receipt: second }));
});

test("I8: receipts from before the baseline belong to another log", async () => {
  const before = await land({ logHead: "e".repeat(64) });
  expect(await verifyLog(withBaseline(undefined))).toMatchObject({ ok: false, receipts: 1 });
  await land();
  expect(await verifyLog(withBaseline(before))).toMatchObject({ ok: true, receipts: 1 });
});

test("I8: a receipt that is none is named", async () => {
  const bad = await land({ text: "not a receipt\n" });
  await land();
  expect(await verifyLog(home.world)).toMatchObject({ ok: false, receipts: 2, lostHeads: [{ lane: "music", receipt: bad }] });
});

test("I8: a broken log is reported with its place, not thrown, even where an event cannot be read", async () => {
  for (let n = 0; n < 3; n += 1) await land();
  const database = new Database(join(home.root, ".mos", "store.db"));
  database.exec("drop trigger events_never_change");
  database.exec("update events set body = '{' where seq = 2");
  database.close();
  expect(await verifyLog(home.world)).toMatchObject({ ok: false, events: 3, brokenAt: 2 });
});

test("I8: a repository that cannot be read is said to be, and the chain is walked all the same", async () => {
  await land();
  const music = home.domain("music");
  const repo = { ...music.home, path: join(home.root, "nowhere") };
  const world: World = { ...home.world, workspace: { ...home.world.workspace, domains: [{ ...music, home: repo, repos: [repo] }] } };
  expect(await verifyLog(world)).toMatchObject({ ok: true, events: 1, unread: [{ lane: "music", reason: expect.stringMatching(/\w/) }] });
});
