import { execFileSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { distill } from "../../../src/app/distill.ts";
import { distillation } from "../../../src/app/doctor/distillation.ts";
import type { Finding, Patient } from "../../../src/app/doctor/doctor-check.ts";
import { commitFiles, runGitIn, writeFiles } from "../../support/make-repository.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";
import { putRun } from "../../support/put-run.ts";
import { samples, sampleTicket } from "../../support/sample-records.ts";

let wiki: WikiWorld | undefined;
afterEach(async () => {
  await wiki?.remove();
  wiki = undefined;
});

const added = (at: string) => ({ kind: "domain.added" as const, domain: "music", actor: "operator", authority: "operator", reason: at });

/** Added on 20 November at eight, with a note that had been there for weeks. */
async function open(files: Record<string, string> = { "notes/n.md": "Learned: the plant needs six weeks\n" }): Promise<WikiWorld> {
  wiki = await makeWikiWorld({ music: { prefix: "MUS", files } });
  await wiki.world.store.write((tx) => tx.append(added("mos domain add music")));
  return wiki;
}

async function examine({ world, domain }: WikiWorld): Promise<Finding> {
  const kept = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, read: () => Promise<T>) => {
    kept.set(key, kept.get(key) ?? read());
    return kept.get(key) as Promise<T>;
  };
  const patient = { world, once, memory: new Map() } as unknown as Patient;
  if (distillation.scope !== "domain") throw new Error("it is a domain's check");
  const found = await distillation.examine(patient, domain("music"));
  return Array.isArray(found) ? (found[0] as Finding) : (found as Finding);
}

test("D17: a note that was never gathered is overdue when two of the rhythm's times have passed since its domain came, and not before", async () => {
  const made = await open();
  expect(await examine(made)).toMatchObject({ ok: true });
  made.clock.set("2026-11-21T12:00:00.000Z");
  expect(await examine(made)).toMatchObject({ ok: true });
  made.clock.set("2026-11-22T12:00:00.000Z");
  expect(await examine(made)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/^music: 1 note was passed over by its rhythm \(0 20 \* \* \*\), the oldest of 2026-11-01/),
    fix: "mos distill --domain music",
  });
  await distill(made.world, { domain: "music" });
  expect(await examine(made)).toMatchObject({ ok: true });
});

test("D17: where nothing new came, or it came after the last times, an old distillation is no fault", async () => {
  const made = await open();
  await distill(made.world, { domain: "music" });
  made.clock.set("2026-11-30T12:00:00.000Z");
  expect(await examine(made)).toMatchObject({ ok: true });
  const home = made.domain("music").home.path;
  commitOn(home, "2026-11-30T09:00:00Z", { "notes/new.md": "Learned: tapes are back\n" });
  expect(await examine(made)).toMatchObject({ ok: true });
  made.clock.set("2026-12-02T12:00:00.000Z");
  expect(await examine(made)).toMatchObject({ ok: false, reason: expect.stringContaining("1 note was passed over") });
  // One that is gone again is owed no longer.
  runGitIn(home, "rm", "-q", "notes/new.md");
  runGitIn(home, "commit", "-q", "-m", "docs: gone");
  expect(await examine(made)).toMatchObject({ ok: true });
});

test("D17: landings, merged tickets and transcripts that were never gathered are overdue as well", async () => {
  const made = await open({ "DOMAIN.md": "# Music\n" });
  const home = made.domain("music").home.path;
  const base = runGitIn(home, "rev-parse", "HEAD");
  const commit = commitFiles(home, { "x.txt": "x\n" }, "feat(shop): sells tapes");
  const receipt = { ...samples.plain.receipts.row, id: commit, lane: "music", base, commit, landedAt: "2026-11-20T09:00:00.000Z" };
  await made.world.store.write(async (tx) => {
    await tx.nextNumber("MUS");
    await tx.receipts.put(receipt);
    await tx.tickets.insert(sampleTicket({ id: "MUS-1", domain: "music", status: { state: "merged", commit, receipt: commit } }));
  });
  await putRun(made, { id: "run-1", ticket: "MUS-1", said: ["Learned: tapes are back among collectors"], at: "2026-11-20T08:30:00.000Z" });
  expect(await examine(made)).toMatchObject({ ok: true });
  made.clock.set("2026-11-23T12:00:00.000Z");
  expect(await examine(made)).toMatchObject({
    ok: false,
    reason: expect.stringContaining("1 ticket, 1 transcript, 1 landing were passed over"),
  });
  await distill(made.world, { domain: "music" });
  expect(await examine(made)).toMatchObject({ ok: true });
});

function commitOn(home: string, moment: string, files: Record<string, string>): void {
  writeFiles(home, files);
  runGitIn(home, "add", "-A");
  const env = { PATH: process.env.PATH, HOME: "/nonexistent", GIT_AUTHOR_DATE: moment, GIT_COMMITTER_DATE: moment };
  execFileSync("git", ["commit", "-q", "-m", "docs: a note"], { cwd: home, env });
}
