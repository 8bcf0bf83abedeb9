import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { adoptBranch } from "../../src/app/adopt-branch.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { verifyLog } from "../../src/app/verify-log.ts";
import { Receipt } from "../../src/contract/run.ts";
import { TicketDraft } from "../../src/contract/ticket.ts";
import { applyTransition, getTicket } from "../../src/core/ticket/apply-transition.ts";
import { createTicket } from "../../src/core/ticket/create-ticket.ts";
import type { Slot } from "../../src/port/slot.ts";
import type { World } from "../../src/port/world.ts";
import { verifyTicket } from "../../src/stage/verify/verify-ticket.ts";
import { commitFiles, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const diagnose = async () => healthy;
const files = { "check.sh": "! grep -rq BROKEN --include=*.txt .\n", "a.txt": "a\n", "b.txt": "b\n", "wiki/.gitkeep": "" };

const adoptMain = (at: OpenedWorld) => adoptBranch(at.world, { domain: "music", branch: "main", diagnose });

async function open(): Promise<{ at: OpenedWorld; home: string }> {
  opened = await openWorld({ music: { prefix: "MUS", files } });
  return { at: opened, home: join(opened.root, "music") };
}

/** So many commits on main as a person brings who pulls another's history. */
function putCommits(home: string, count: number): void {
  const head = runGitIn(home, "rev-parse", "main");
  const commits = Array.from(
    { length: count },
    (_, at) => `commit refs/heads/main\ncommitter A <a@b> ${1_700_000_000 + at} +0000\ndata 2\nx\n${at === 0 ? `from ${head}\n` : ""}`,
  );
  execFileSync("git", ["fast-import", "--quiet"], { cwd: home, input: commits.join("\n") });
}

describe.skipIf(!boxAvailable)("G7: a person's own commits", () => {
  test("a branch comes in by the same gate, with its commits behind one landing", async () => {
    const { at, home } = await open();
    runGitIn(home, "checkout", "-q", "-b", "mine");
    commitFiles(home, { "c.txt": "c\n" }, "feat: c");
    const head = commitFiles(home, { "d.txt": "d\n" }, "feat: d");
    runGitIn(home, "checkout", "-q", "main");
    const ticket = await adoptBranch(at.world, { domain: "music", branch: "mine", diagnose });
    expect(ticket).toMatchObject({ state: "verifying", touches: ["c.txt", "d.txt"] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([ticket.id]);
    expect(runGitIn(home, "rev-parse", "main^2")).toBe(head);
    await expect(adoptBranch(at.world, { domain: "music", branch: "none", diagnose })).rejects.toMatchObject({
      code: "branch-unknown",
      exit: 3,
    });
    await expect(adoptBranch(at.world, { domain: "music", branch: "main", diagnose })).rejects.toMatchObject({ code: "nothing-to-adopt" });
  });

  test("a branch that is adopted twice is one ticket, whatever the length of its name", async () => {
    const { at, home } = await open();
    const branch = `mine/${"long".repeat(55)}`;
    runGitIn(home, "checkout", "-q", "-b", branch);
    commitFiles(home, { "c.txt": "c\n" }, "feat: c");
    runGitIn(home, "checkout", "-q", "main");
    const adopt = () => adoptBranch(at.world, { domain: "music", branch, diagnose });
    const { id } = await adopt();
    expect((await adopt()).id).toBe(id);
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([id]);
    await expect(adopt()).rejects.toMatchObject({ code: "nothing-to-adopt" });
  });

  test("what is no branch's name is none, and a repository that is not there is named", async () => {
    const { at, home } = await open();
    commitFiles(home, { "c.txt": "c\n" }, "feat: c");
    runGitIn(home, "branch", "mine");
    runGitIn(home, "reset", "-q", "--hard", "main~1");
    for (const branch of ["mine~0", "mine^{/c}", "HEAD", "refs/heads/mine", "m*"])
      await expect(adoptBranch(at.world, { domain: "music", branch, diagnose })).rejects.toMatchObject({ code: "branch-unknown", exit: 3 });
    const elsewhere = adoptBranch(at.world, { domain: "music", repo: "app", branch: "mine", diagnose });
    await expect(elsewhere).rejects.toMatchObject({ code: "repository-unknown", hint: "It has: home" });
  });

  test("a branch that breaks main does not land", async () => {
    const { at, home } = await open();
    const before = runGitIn(home, "rev-parse", "main");
    runGitIn(home, "checkout", "-q", "-b", "mine");
    commitFiles(home, { "c.txt": "BROKEN\n" }, "feat: c");
    runGitIn(home, "checkout", "-q", "main");
    await adoptBranch(at.world, { domain: "music", branch: "mine", diagnose });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(runGitIn(home, "rev-parse", "main")).toBe(before);
  });

  test("a green tip is adopted in place: one receipt for the range, and the lane goes on", async () => {
    const { at, home } = await open();
    const baseline = runGitIn(home, "rev-parse", "main");
    commitFiles(home, { "c.txt": "c\n" }, "feat: by hand");
    const tip = commitFiles(home, { "d.txt": "d\n" }, "feat: by hand again");
    const waiting = await at.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    const ticket = await adoptBranch(at.world, { domain: "music", branch: "main", diagnose });
    expect(ticket.state).toBe("merged");
    const receipt = Receipt.parse(JSON.parse(runGitIn(home, "cat-file", "blob", `refs/mos/receipts/${tip}`)));
    expect(receipt).toMatchObject({ from: baseline, commit: tip, tickets: [ticket.id] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([waiting]);
  });

  test("a tip that chance made red is tested once more, and one that stays red is not", async () => {
    const { at, home } = await open();
    commitFiles(home, { "c.txt": "c\n" }, "feat: by hand");
    let flukes = 2;
    const withSlot: World["slots"]["withSlot"] = (args, body) =>
      at.world.slots.withSlot(args, (slot) => {
        const run: Slot["run"] = async (asked) => {
          const ran = await slot.run(asked);
          flukes -= 1;
          return flukes >= 0 ? { ...ran, exitCode: 1 } : ran;
        };
        return body({ ...slot, run });
      });
    const world = { ...at.world, slots: { ...at.world.slots, withSlot } };
    expect(await adoptBranch(world, { domain: "music", branch: "main", diagnose })).toMatchObject({ state: "ready", priority: 100 });
    flukes = 1;
    expect(await adoptBranch(world, { domain: "music", branch: "main", diagnose })).toMatchObject({ state: "merged" });
  });

  test("a tip of more files than a ticket can name, and of names that it cannot, over thousands of commits, is adopted as any", async () => {
    const { at, home } = await open();
    putCommits(home, 2100);
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, count) => [`many/${count}.txt`, "x\n"]));
    const tip = commitFiles(home, { ...many, "back\\slash.txt": "x\n" }, "feat: many");
    expect(await adoptBranch(at.world, { domain: "music", branch: "main", diagnose })).toMatchObject({ state: "merged", touches: [] });
    const waiting = await at.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([waiting]);
    expect(runGitIn(home, "rev-parse", "main^1")).toBe(tip);
  });

  test("a secret behind megabytes of other text is found, and the tip is not adopted", async () => {
    const { at, home } = await open();
    const long = `${"lorem ipsum dolor sit amet\n".repeat(240_000)}`;
    commitFiles(home, { "a-long.md": long, "z.env": "KEY=AKIAABCDEFGHIJKLMNOP\n" }, "feat: by hand");
    expect(await adoptBranch(at.world, { domain: "music", branch: "main", diagnose })).toMatchObject({
      state: "ready",
      title: expect.stringContaining("Take back"),
    });
  });

  test("a second commit on a red main supersedes the ticket that took the first one back, and lands in its stead", async () => {
    const { at, home } = await open();
    const baseline = runGitIn(home, "rev-parse", "main");
    commitFiles(home, { "b.txt": "BROKEN\n" }, "feat: by hand");
    const first = await adoptMain(at);
    commitFiles(home, { "c.txt": "BROKEN\n" }, "feat: more by hand");
    const second = await adoptMain(at);
    expect(second.id).not.toBe(first.id);
    const older = await at.world.store.read((tx) => tx.tickets.get(first.id));
    expect(older?.status).toMatchObject({ state: "blocked", causes: [{ kind: "superseded", ref: second.id }] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([second.id]);
    expect(runGitIn(home, "rev-parse", "main^{tree}")).toBe(runGitIn(home, "rev-parse", `${baseline}^{tree}`));
    expect(await at.world.store.read((tx) => tx.tickets.list({ domain: "music" }))).toHaveLength(2);
  });

  test("a red tip that is mended and adopted is not taken back after all", async () => {
    const { at, home } = await open();
    commitFiles(home, { "b.txt": "BROKEN\n" }, "feat: by hand");
    const filed = await adoptBranch(at.world, { domain: "music", branch: "main", diagnose });
    const mended = commitFiles(home, { "b.txt": "mended\n" }, "fix: by hand");
    expect((await adoptBranch(at.world, { domain: "music", branch: "main", diagnose })).state).toBe("merged");
    const older = await at.world.store.read((tx) => tx.tickets.get(filed.id));
    expect(older?.status).toMatchObject({ state: "blocked", causes: [{ kind: "withdrawn" }] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(runGitIn(home, "rev-parse", "main")).toBe(mended);
  });

  test("a red tip gets a ticket that takes the range back, and its receipt covers the range", async () => {
    const { at, home } = await open();
    const baseline = runGitIn(home, "rev-parse", "main");
    runGitIn(home, "rm", "-q", "a.txt");
    writeFileSync(join(home, "b.txt"), "BROKEN\n");
    commitFiles(home, { "new.txt": "BROKEN\n" }, "feat: by hand");
    const ticket = await adoptBranch(at.world, { domain: "music", branch: "main", diagnose });
    expect(ticket).toMatchObject({ state: "ready", touches: ["a.txt", "b.txt", "new.txt"] });
    expect((await adoptBranch(at.world, { domain: "music", branch: "main", diagnose })).id).toBe(ticket.id);
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([ticket.id]);
    expect(runGitIn(home, "rev-parse", "main^{tree}")).toBe(runGitIn(home, "rev-parse", `${baseline}^{tree}`));
    const receipt = Receipt.parse(
      JSON.parse(runGitIn(home, "cat-file", "blob", `refs/mos/receipts/${runGitIn(home, "rev-parse", "main")}`)),
    );
    expect(receipt.from).toBe(baseline);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
  });
});

describe.skipIf(!boxAvailable)("G7c: what takes a range of main back", () => {
  test("pages, code, tests, links and the checks themselves come back as main had them, in one landing", async () => {
    const { at, home } = await open();
    symlinkSync("a.txt", join(home, "link"));
    mkdirSync(join(home, "test"));
    writeFileSync(join(home, "test/old.test.js"), "test('a', () => {});\n");
    const owned = commitFiles(home, {}, "feat: a link and a test, by hand");
    expect((await adoptMain(at)).state).toBe("merged");
    rmSync(join(home, "link"));
    rmSync(join(home, "test/old.test.js"));
    const text = { "wiki/odd.md": "no page\n", "b.txt": "BROKEN\n", "check.sh": "exit 1\n", "test/new.test.js": "test('b', () => {});\n" };
    commitFiles(home, text, "feat: much by hand");
    const ticket = await adoptMain(at);
    expect(ticket).toMatchObject({
      state: "ready",
      touches: ["b.txt", "check.sh", "link", "test/new.test.js", "test/old.test.js", "wiki/odd.md"],
    });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([ticket.id]);
    expect(runGitIn(home, "rev-parse", "main^{tree}")).toBe(runGitIn(home, "rev-parse", `${owned}^{tree}`));
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
    const receipt = runGitIn(home, "cat-file", "blob", `refs/mos/receipts/${runGitIn(home, "rev-parse", "main")}`);
    expect(Receipt.parse(JSON.parse(receipt))).toMatchObject({ from: owned, tickets: [ticket.id] });
    expect(await verifyLog(at.world)).toMatchObject({ ok: true });
  });

  test("no draft can say that it does, and what only says that it repairs receipts lands on no foreign tip", async () => {
    const { at, home } = await open();
    const takesBack = { from: "0".repeat(40), tip: "1".repeat(40) };
    expect(TicketDraft.safeParse({ domain: "music", title: "x", takesBack }).success).toBe(false);
    const tip = commitFiles(home, { "wiki/odd.md": "no page\n", "b.txt": "BROKEN\n" }, "feat: by hand");
    const id = await at.fileReady({ domain: "music", title: "Mend", touches: ["b.txt"], run: ["echo b > b.txt"], repairs: "receipts" });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(runGitIn(home, "rev-parse", "main")).toBe(tip);
    expect(await at.world.store.read((tx) => tx.lanes.get("music"))).toMatchObject({ paused: { by: "foreign-tip" } });
    expect(await at.world.store.read((tx) => getTicket(tx, id))).toMatchObject({ status: { state: "ready" } });
  });

  test("main that moved on since is not taken back by half: the ticket waits, and says how it goes on", async () => {
    const { at, home } = await open();
    commitFiles(home, { "b.txt": "BROKEN\n" }, "feat: by hand");
    const { id } = await adoptMain(at);
    const tip = commitFiles(home, { "c.txt": "c\n" }, "feat: more by hand");
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(runGitIn(home, "rev-parse", "main")).toBe(tip);
    const cause = { kind: "operator", clears: expect.stringContaining("mos ticket adopt main --domain music") };
    expect((await at.world.store.read((tx) => getTicket(tx, id))).status).toMatchObject({ state: "blocked", causes: [cause] });
    const next = await adoptMain(at);
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([next.id]);
  });

  test("work that is not exactly what main had before is refused, by whomever it was handed in", async () => {
    const { at, home } = await open();
    const from = runGitIn(home, "rev-parse", "main");
    const tip = commitFiles(home, { "b.txt": "BROKEN\n" }, "feat: by hand");
    const tree = runGitIn(home, "rev-parse", "main^{tree}");
    const commit = runGitIn(home, "commit-tree", "-p", tip, "-m", "more than that", tree);
    const { store, clock, workspace, signal } = at.world;
    const note = { actor: "operator", authority: "operator", reason: "test" };
    const ticket = await store.write(async (tx) => {
      const draft = TicketDraft.parse({ domain: "music", title: "Take back", accept: ["true"] });
      const { id } = await createTicket(tx, {
        draft,
        prefix: "MUS",
        sealedDomains: [],
        now: clock.now(),
        actor: "operator",
        takesBack: { from, tip },
      });
      await applyTransition(tx, id, { kind: "ready" }, note);
      await applyTransition(tx, id, { kind: "claim" }, note);
      return (await applyTransition(tx, id, { kind: "hand-in", work: { epoch: 1, base: tip, commit, tree } }, note)).ticket;
    });
    await verifyTicket(at.world, { ticket, repo: (workspace.domains[0] as (typeof workspace.domains)[number]).home, signal });
    const [verdict] = await store.read((tx) => tx.verdicts.list({ ticket: ticket.id }));
    expect(verdict).toMatchObject({ outcome: "fail", points: [{ point: "makes main exactly what it was", pass: false }] });
  });

  test("one that was filed before tickets named their range is known by its title, and another comes after it", async () => {
    const { at, home } = await open();
    const tip = commitFiles(home, { "wiki/odd.md": "no page\n", "b.txt": "BROKEN\n" }, "feat: by hand");
    const old = await at.fileReady({
      domain: "music",
      title: `Take back ${tip.slice(0, 12)}, which is not green`,
      repairs: "receipts",
      role: "librarian",
      run: ["false"],
    });
    const { id } = await adoptMain(at);
    expect((await at.world.store.read((tx) => getTicket(tx, old))).status).toMatchObject({ causes: [{ kind: "superseded", ref: id }] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([id]);
  });
});
