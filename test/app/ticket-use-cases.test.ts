import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerTicket } from "../../src/app/answer-ticket.ts";
import { blockTicket } from "../../src/app/block-ticket.ts";
import { createTicketFromDraft, createTicketFromFile } from "../../src/app/create-ticket.ts";
import { editTicket } from "../../src/app/edit-ticket.ts";
import { listTickets } from "../../src/app/list-tickets.ts";
import { readyTicket } from "../../src/app/ready-ticket.ts";
import { showTicket } from "../../src/app/show-ticket.ts";
import { unblockTicket } from "../../src/app/unblock-ticket.ts";
import { withdrawTicket } from "../../src/app/withdraw-ticket.ts";
import type { Cause } from "../../src/contract/ticket.ts";
import { applyTransition } from "../../src/core/ticket/apply-transition.ts";
import type { TicketEvent } from "../../src/core/ticket/ticket-event.ts";
import { makeDraft, objectId } from "../support/make-ticket.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";
import { sampleReceipt } from "../support/sample-records.ts";

let place: WikiWorld;
beforeEach(async () => {
  const files = { "DOMAIN.md": "# A domain\n" };
  place = await makeWikiWorld({ music: { prefix: "MUS", files }, trading: { prefix: "TRD", files, sealed: true } });
});
afterEach(() => place.remove());

const apply = (id: string, event: TicketEvent) =>
  place.world.store.write((tx) => applyTransition(tx, id, event, { actor: "worker:1", reason: event.kind }));
const file = (text: string): string => {
  const path = join(place.root, "ticket.yaml");
  writeFileSync(path, text);
  return path;
};

describe("mos ticket new", () => {
  test("T8: files what the file says as a draft, under the domain's next id", async () => {
    const path = file(
      "title: Mend Grüße\ndomain: music\ntouches: [docs/]\nrun: [sed -i s/a/b/ docs/x]\naccept: [test -f docs/x]\npriority: 60\n",
    );
    expect(await createTicketFromFile(place.world, { file: path })).toEqual({
      id: "MUS-1",
      domain: "music",
      repo: "home",
      title: "Mend Grüße",
      state: "draft",
      causes: [],
      attempts: 0,
      priority: 60,
      touches: ["docs/"],
      dependsOn: [],
    });
    expect(await showTicket(place.world, { id: "MUS-1" })).toMatchObject({
      accept: [{ text: "test -f docs/x", run: "test -f docs/x" }],
      run: ["sed -i s/a/b/ docs/x"],
      provenance: { candidates: [] },
    });
  });

  test.each([
    ["title: a\n  b: [\n", "ticket-invalid", 2, "ticket.yaml:3:1: "],
    ["title: a\n", "ticket-invalid", 2, "domain"],
    ["title: a\ndomain: music\ntouchs: [a]\n", "ticket-invalid", 2, "ticket.yaml:3:1: unknown key 'touchs'"],
    ["title: a\ndomain: music\ntouches: [../b]\n", "ticket-invalid", 2, "ticket.yaml:3:11: touches[0]"],
    ["title: a\ndomain: music\nprovenance: { decision: x }\n", "ticket-invalid", 2, "unknown key 'provenance'"],
    ["- a\n", "ticket-invalid", 2, "ticket.yaml"],
    ["", "ticket-invalid", 2, "ticket.yaml"],
    ["title: a\ndomain: sport\n", "domain-not-found", 3, "sport"],
    ["title: a\ndomain: music\nrepo: app\n", "repo-not-found", 3, "app"],
    ["title: a\ndomain: music\ndependsOn: [MUS-7]\n", "dependency-unknown", 1, "MUS-7"],
  ])("T9a: bad input, an authority among it: %j ends in %s", async (text, code, exit, named) => {
    const error = await createTicketFromFile(place.world, { file: file(text) }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, exit, message: expect.stringContaining(named), hint: expect.stringMatching(/./) });
    expect(await listTickets(place.world)).toEqual([]);
  });

  test("bad input: a file that is not there is named", async () => {
    const missing = join(place.root, "none.yaml");
    const error = await createTicketFromFile(place.world, { file: missing }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ticket-file-unreadable", exit: 3, message: expect.stringContaining(missing) });
  });

  test("T3d: a file cannot make a dependency cross a sealed border", async () => {
    await createTicketFromDraft(place.world, { draft: makeDraft({ domain: "trading" }) });
    const error = await createTicketFromFile(place.world, { file: file("title: a\ndomain: music\ndependsOn: [TRD-1]\n") }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: "dependency-sealed" });
  });
});

test("T9: a draft can be edited from a file until it is ready; a circle is refused", async () => {
  await createTicketFromDraft(place.world, { draft: makeDraft() });
  await createTicketFromDraft(place.world, { draft: makeDraft({ dependsOn: ["MUS-1"] }) });
  const circle = editTicket(place.world, { id: "MUS-1", file: file("title: b\ndomain: music\ndependsOn: [MUS-2]\n") });
  await expect(circle).rejects.toMatchObject({ code: "dependency-cycle" });
  const edited = file("title: b\ndomain: music\naccept: ['true']\n");
  expect(await editTicket(place.world, { id: "MUS-1", file: edited })).toMatchObject({ title: "b", dependsOn: [] });
  await expect(editTicket(place.world, { id: "MUS-1", file: file("title: b\ndomain: trading\n") })).rejects.toMatchObject({
    code: "ticket-domain",
  });
  await readyTicket(place.world, { id: "MUS-1" });
  const late = editTicket(place.world, { id: "MUS-1", file: file("title: c\ndomain: music\n") });
  await expect(late).rejects.toMatchObject({ code: "ticket-refused", message: expect.stringContaining("(T9)") });
  expect((await showTicket(place.world, { id: "MUS-1" })).title).toBe("b");
});

test("T9: the operator releases a draft of their own; one that nothing can check is refused", async () => {
  await createTicketFromDraft(place.world, { draft: makeDraft() });
  await createTicketFromDraft(place.world, { draft: makeDraft({ accept: [] }) });
  expect(await readyTicket(place.world, { id: "MUS-1" })).toMatchObject({ state: "ready" });
  await expect(readyTicket(place.world, { id: "MUS-2" })).rejects.toMatchObject({ code: "ticket-refused", exit: 1 });
  await expect(readyTicket(place.world, { id: "MUS-9" })).rejects.toMatchObject({ code: "ticket-not-found", exit: 3 });
});

describe("block, unblock, answer, withdraw", () => {
  const release = async (dependsOn: string[] = []): Promise<void> => {
    const { id } = await createTicketFromDraft(place.world, { draft: makeDraft({ dependsOn }) });
    await readyTicket(place.world, { id });
  };

  test("T2: block says who clears it, unblock returns it to where it was", async () => {
    await release();
    const blocked = await blockTicket(place.world, { id: "MUS-1", reason: "wait for Ana" });
    expect(blocked).toMatchObject({ state: "blocked", from: "ready", causes: [{ kind: "operator", detail: "wait for Ana" }] });
    expect(blocked.causes[0]?.clears).toContain("mos ticket unblock MUS-1");
    expect(await unblockTicket(place.world, { id: "MUS-1" })).toMatchObject({ state: "ready", causes: [] });
    await expect(unblockTicket(place.world, { id: "MUS-1" })).rejects.toMatchObject({ code: "nothing-to-unblock" });
  });

  const byHand = ["operator", "question", "guard", "budget", "no-progress", "crash", "scope", "check", "verdict", "conflict", "capability"];
  test.each(byHand as Cause["kind"][])("T2e: unblock clears %s, and leaves a dependency", async (kind) => {
    await release();
    await release(["MUS-1"]);
    await apply("MUS-2", { kind: "block", causes: [{ kind, clears: "a person looks" }] });
    expect(await unblockTicket(place.world, { id: "MUS-2" })).toMatchObject({ state: "blocked", causes: [{ kind: "dependency" }] });
    const error = await unblockTicket(place.world, { id: "MUS-2" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "nothing-to-unblock", message: "MUS-2 waits for MUS-1. It resumes when that merges." });
  });

  test("T2e: unblock never clears withdrawn or superseded, and says so", async () => {
    await release();
    await withdrawTicket(place.world, { id: "MUS-1" });
    await expect(unblockTicket(place.world, { id: "MUS-1" })).rejects.toMatchObject({ code: "nothing-to-unblock" });
    await release();
    await release();
    await apply("MUS-2", { kind: "supersede", successor: "MUS-3" });
    await expect(unblockTicket(place.world, { id: "MUS-2" })).rejects.toMatchObject({ hint: expect.stringContaining("MUS-3") });
  });

  test("T3b: a withdrawn dependency asks; the operator's answer lets it go on, and is kept", async () => {
    await release();
    await release(["MUS-1"]);
    await withdrawTicket(place.world, { id: "MUS-1", reason: "not needed" });
    expect(await listTickets(place.world)).toMatchObject([
      { id: "MUS-1", state: "blocked", causes: [{ kind: "withdrawn" }] },
      { id: "MUS-2", state: "blocked", causes: [{ kind: "question" }] },
    ]);
    await expect(answerTicket(place.world, { id: "MUS-2", text: " " })).rejects.toMatchObject({ code: "answer-empty", exit: 2 });
    expect(await answerTicket(place.world, { id: "MUS-2", text: "Yes, go on." })).toMatchObject({ state: "ready" });
    const { history } = await showTicket(place.world, { id: "MUS-2" });
    expect(history.at(-1)).toMatchObject({ kind: "ticket.cleared", actor: "operator", data: { answer: "Yes, go on." } });
    await expect(answerTicket(place.world, { id: "MUS-2", text: "again" })).rejects.toMatchObject({ code: "nothing-asked" });
  });
});

test("show gives history, report, verdict and receipt of a merged ticket; list its commit and receipt", async () => {
  await createTicketFromDraft(place.world, { draft: makeDraft() });
  await readyTicket(place.world, { id: "MUS-1" });
  await apply("MUS-1", { kind: "claim" });
  const work = { epoch: 1, base: objectId(1), commit: objectId(2), tree: objectId(3) };
  await apply("MUS-1", { kind: "hand-in", work });
  await apply("MUS-1", { kind: "verdict", verdict: { commit: work.commit, outcome: "pass", id: "v-1" } });
  const receipt = sampleReceipt();
  const at = "2026-11-20T08:00:00.000Z";
  await place.world.store.write(async (tx) => {
    const report = {
      ticket: "MUS-1",
      runtime: "playbook",
      at,
      outcome: "done" as const,
      commands: [],
      changed: [],
      decided: [],
      learned: [],
      left: [],
    };
    await tx.reports.put({ ...report, id: "report-1", epoch: 1, summary: "mended" });
    const verdict = { ticket: "MUS-1", commit: work.commit, base: work.base, at, verifier: "mos", points: [] };
    await tx.verdicts.put({ ...verdict, id: "v-0", outcome: "fail" });
    await tx.verdicts.put({ ...verdict, id: "v-1", outcome: "pass" });
    await tx.receipts.put(receipt);
  });
  await apply("MUS-1", { kind: "land", commit: receipt.commit, receipt: receipt.id });
  expect(await listTickets(place.world, { state: "merged" })).toMatchObject([
    { id: "MUS-1", state: "merged", attempts: 1, commit: receipt.commit, receipt: receipt.id },
  ]);
  expect(await listTickets(place.world, { domain: "trading" })).toEqual([]);
  const shown = await showTicket(place.world, { id: "MUS-1" });
  expect(shown).toMatchObject({ report: { summary: "mended" }, verdict: { id: "v-1" }, receipt, commit: receipt.commit });
  expect(shown.history.map((event) => event.kind)).toEqual([
    "ticket.created",
    "ticket.ready",
    "ticket.claimed",
    "ticket.handed-in",
    "ticket.verdict",
    "ticket.merged",
  ]);
});

test("the list is in the order of numbers, not of letters", async () => {
  for (let n = 0; n < 11; n += 1) await createTicketFromDraft(place.world, { draft: makeDraft() });
  expect((await listTickets(place.world)).map((ticket) => ticket.id).slice(8)).toEqual(["MUS-9", "MUS-10", "MUS-11"]);
});
