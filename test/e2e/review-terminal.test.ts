import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSystemClock } from "../../src/adapter/clock/system-clock.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import type { Candidate } from "../../src/contract/knowledge.ts";
import type { StoreWriter } from "../../src/port/store.ts";
import { callMos, makeCommandWorkspace } from "../support/file-tickets.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { openTerminal, type Terminal, terminalAvailable } from "../support/open-terminal.ts";
import { runMos } from "../support/run-mos.ts";
import { readStore } from "../support/start-worker.ts";

const folder = makeTemporaryFolder("mos-review-");
let root = "";
let opened: Terminal[] = [];
let now: readonly Candidate[] = [];

const at = "2026-11-20T08:00:00.000Z";
const source = { artifact: "note:music:notes/plant.md@0", line: 1, quote: "the plant needs six weeks" };
const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  ...{ id, domain: "music", claim: `The plant needs ${id} weeks`, confidence: "medium", reason: "its note quotes the web" },
  ...{ target: "wiki/history.md", source, kind: "new", route: "review", status: "open", ...more },
});

async function inStore(body: (tx: StoreWriter) => Promise<void>): Promise<void> {
  const store = await openStore({ file: join(root, ".mos/store.db"), clock: createSystemClock(), create: false });
  await store.write(body).finally(() => store.close());
}

/** These wait for review, and nothing else. */
async function putWaiting(...waiting: readonly Candidate[]): Promise<void> {
  now = waiting;
  await inStore(async (tx) => {
    for (const one of await tx.candidates.list()) if (one.status === "open") await tx.candidates.remove(one.id);
    for (const domain of ["music", "trading"]) {
      const text = "the plant needs six weeks\n";
      await tx.artifacts.put({
        id: `note:${domain}:notes/plant.md@0`,
        domain,
        kind: "note",
        source: "notes/plant.md",
        at,
        text,
        distilledAt: at,
      });
    }
    for (const one of waiting) await tx.candidates.put(one);
  });
}

const statuses = () => readStore(root, async (tx) => Promise.all(now.map(async ({ id }) => (await tx.candidates.get(id))?.status)));

function open(args: readonly string[] = ["review"], options: Parameters<typeof openTerminal>[2] = {}): Terminal {
  const terminal = openTerminal(root, args, options);
  opened.push(terminal);
  return terminal;
}

const question = "Take it over?";

describe.skipIf(!terminalAvailable)("K7: review in a terminal of the kernel's own (util-linux's script)", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    mkdirSync(folder.path, { recursive: true });
    root = await makeCommandWorkspace(folder.path, ["music"], { "notes/plant.md": "# Plant\n" });
    await callMos(root, ["domain", "add", "trading", "--new", "--sealed", "--yes"]);
  });
  beforeEach(() => {
    opened = [];
  });
  afterEach(async () => {
    for (const terminal of opened) terminal.end();
    await Promise.all(opened.map(({ ended }) => ended));
  });
  afterAll(() => folder.remove());

  test("each key does what it says, and a wrong one nothing", async () => {
    await putWaiting(candidate("k1"), candidate("k2"), candidate("k3"), candidate("k4"), candidate("k5"));
    const terminal = open();
    await terminal.awaitShown(question);
    for (const [at, wrong] of ["x", "\r", "\u001b[A", "\u001b", "approve", " ", "é"].entries()) {
      terminal.press(wrong);
      await terminal.awaitShown("One key of: a r s g q", at + 1);
    }
    terminal.press("?");
    await terminal.awaitShown("the librarian writes it, on your word");
    expect(await statuses()).toEqual(Array(5).fill("open"));
    for (const [at, key] of ["a", "R", "s", "g"].entries()) {
      terminal.press(key);
      await terminal.awaitShown(question, at + 2);
    }
    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    expect(await statuses()).toEqual(["ticketed", "rejected", "open", "approved", "open"]);
    expect(terminal.screen()).toContain("1 approved, 1 released for all domains, 1 rejected, 2 left.");
    expect(terminal.screen()).toContain("5 of 5");
  });

  test("broken off by Ctrl-C, by the end of the terminal or by a signal: what was said stays, the rest waits", async () => {
    await putWaiting(candidate("c1"), candidate("c2"), candidate("c3"));
    const first = open();
    await first.awaitShown(question);
    first.press("r");
    await first.awaitShown(question, 2);
    first.press("\u0003");
    expect(await first.ended).toBe(130);
    expect(first.screen()).toContain("nothing is half done");
    expect(await statuses()).toEqual(["rejected", "open", "open"]);
    const second = open();
    await second.awaitShown(question);
    second.press("\u0004");
    expect(await second.ended).toBe(130);
    const third = open();
    await third.awaitShown(question);
    third.end();
    await third.ended;
    expect(await statuses()).toEqual(["rejected", "open", "open"]);
    const fourth = open();
    await fourth.awaitShown(question);
    fourth.press("a");
    await fourth.awaitShown(question, 2);
    fourth.press("q");
    expect(await fourth.ended).toBe(0);
    expect(await statuses()).toEqual(["rejected", "ticketed", "open"]);
  });

  test("what was typed before a question stood answers none", async () => {
    await putWaiting(candidate("t1"), candidate("t2"));
    const terminal = open();
    terminal.press("aaa");
    await terminal.awaitShown(question);
    terminal.press("rrrr");
    await terminal.awaitShown("One key of");
    expect(await statuses()).toEqual(["open", "open"]);
    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toContain("2 left");
  });

  test("nothing that a candidate says steers the terminal, however narrow it is; what is invisible is seen", async () => {
    const hostile = "a\u001b[2J\u001b]0;owned\u0007b\u009b31mc\u202Ed\u2066e\u200Bf\rg\u0008h\ni";
    const against = { page: "wiki/\u001b[31mhistory.md", line: 3, claim: hostile };
    await putWaiting(
      candidate("h1", {
        claim: hostile,
        reason: hostile,
        kind: "contradicts",
        against,
        target: "wiki/history.md",
        source: { ...source, quote: hostile },
      }),
    );
    for (const columns of [100, 20]) {
      const terminal = open(["review"], { columns });
      await terminal.awaitShown(question);
      const shown = terminal.screen();
      terminal.press("q");
      expect(await terminal.ended).toBe(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(shown).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\p{Bidi_Control}\u200b]/u);
      expect(shown).not.toContain("owned");
      expect(shown).toContain("says      abcde\ufffdfgh i");
      expect(shown).toContain("standing  abcde");
    }
    const list = open(["review", "list"], { columns: 20 });
    expect(await list.ended).toBe(0);
    expect(list.screen()).not.toContain("\u001b[2J");
    expect(list.screen()).not.toMatch(/owned|\p{Bidi_Control}/u);
  });

  test("two reviews at once: what one settled, the other neither asks about nor settles again", async () => {
    await putWaiting(candidate("d1"), candidate("d2"), candidate("d3"));
    const [one, two] = [open(), open()];
    await Promise.all([one.awaitShown(question), two.awaitShown(question)]);
    one.press("r");
    await one.awaitShown(question, 2);
    one.press("r");
    await one.awaitShown(question, 3);
    two.press("a");
    await two.awaitShown("does not wait for review: it is rejected");
    await two.awaitShown("d2 was settled meanwhile, elsewhere");
    await two.awaitShown("3 of 3");
    await two.awaitShown(question, 2);
    two.press("r");
    expect(await two.ended).toBe(0);
    expect(two.screen()).toContain("0 approved, 0 released for all domains, 1 rejected, 0 left.");
    one.press("q");
    expect(await one.ended).toBe(0);
    expect(await statuses()).toEqual(["rejected", "rejected", "rejected"]);
    const tickets = await readStore(root, (tx) => tx.tickets.list());
    expect(tickets.flatMap(({ provenance }) => provenance.candidates).filter((id) => id.startsWith("d"))).toEqual([]);
  });

  test("a sealed domain's candidate is offered no release, and is not there for an agent", async () => {
    await putWaiting(candidate("s1", { domain: "trading" }));
    const terminal = open();
    await terminal.awaitShown(`${question} a approve, r reject, s skip, q quit`);
    terminal.press("g");
    await terminal.awaitShown("One key of: a r s q");
    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    const env = { CLAUDECODE: "1" };
    expect((await runMos(["review", "list"], { cwd: root, env })).stdout).not.toContain("plant");
    for (const words of [["review"], ["review", "approve", "s1"], ["review", "reject", "s1"], ["review", "release", "s1"]]) {
      const refused = await runMos([...words, "--json"], { cwd: root, env });
      expect([words, refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([words, 1, "operator-only"]);
    }
    expect(await statuses()).toEqual(["open"]);
  });

  test("where nobody can be asked, review says how to answer, and its answers by id are the same", async () => {
    await putWaiting(candidate("n1"), candidate("n2"));
    for (const args of [["review"], ["review", "--json"], ["review", "--no-input"]]) {
      const asked = await runMos(args, { cwd: root });
      expect([asked.exitCode, `${asked.stdout}${asked.stderr}`]).toEqual([2, expect.stringContaining("mos review approve ID")]);
    }
    const listed = (await callMos(root, ["review", "list"])) as Candidate[];
    expect(listed.map(({ id }) => id)).toEqual(["n1", "n2"]);
    expect(await callMos(root, ["review", "reject", "n1"])).toMatchObject({ id: "n1", status: "rejected" });
    expect(await callMos(root, ["review", "approve", "n2"])).toMatchObject({ candidate: { status: "ticketed" } });
    const again = await runMos(["review", "reject", "n2", "--json"], { cwd: root });
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "candidate-settled" } });
    const none = open();
    expect(await none.ended).toBe(0);
    expect(none.screen()).toContain("Nothing waits for your word.");
  });

  test("500 candidates: the first stands at once, and each next one", async () => {
    const many = Array.from({ length: 500 }, (_, index) => candidate(`m${index}`));
    await putWaiting(...many);
    const terminal = open();
    await terminal.awaitShown("1 of 500");
    for (let at = 1; at <= 20; at += 1) {
      await terminal.awaitShown(question, at);
      terminal.press(at % 2 === 0 ? "r" : "s");
    }
    await terminal.awaitShown("21 of 500");
    await terminal.awaitShown(question, 21);
    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toContain("10 rejected, 490 left.");
    const list = await runMos(["review", "list"], { cwd: root });
    expect(list.stdout.split("\n").filter((line) => line.startsWith("m"))).toHaveLength(490);
  });
});
