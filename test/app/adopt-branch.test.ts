import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { adoptBranch } from "../../src/app/adopt-branch.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { Receipt } from "../../src/contract/run.ts";
import type { Slot } from "../../src/port/slot.ts";
import type { World } from "../../src/port/world.ts";
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
    const adopt = () => adoptBranch(at.world, { domain: "music", branch: "main", diagnose });
    commitFiles(home, { "b.txt": "BROKEN\n" }, "feat: by hand");
    const first = await adopt();
    commitFiles(home, { "c.txt": "BROKEN\n" }, "feat: more by hand");
    const second = await adopt();
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
