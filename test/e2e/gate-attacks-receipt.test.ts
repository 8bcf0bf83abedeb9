import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { exportLog } from "../../src/app/export-log.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { verifyCopies } from "../../src/app/verify-copies.ts";
import { verifyLog } from "../../src/app/verify-log.ts";
import type { Ticket } from "../../src/contract/ticket.ts";
import { applyTransition } from "../../src/core/ticket/apply-transition.ts";
import { writeReceipt } from "../support/land-by-hand.ts";
import { commitFiles, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

/** What an enemy tries with receipts, verdicts and bases, against what the real lander left. */

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const diagnose = async () => healthy;
const files = { "check.sh": "! grep -rq BROKEN --include=*.txt .\n", "a.txt": "a\n", "b.txt": "b\n", "c.txt": "c\n" };

async function open() {
  opened = await openWorld({ music: { prefix: "MUS", files } });
  const home = join(opened.root, "music");
  const change = (file: string, text = "new") =>
    (opened as OpenedWorld).fileReady({ domain: "music", title: `Change ${file}`, touches: [file], run: [`echo ${text} > ${file}`] });
  return { ...opened, home, change, git: opened.world.git.at(home) };
}

describe.skipIf(!boxAvailable)("receipts of the real lander", () => {
  test("G2e, G2f: what landed alone and in batches verifies, here and from copies; a forged receipt and a replayed one do not", async () => {
    const { world, root, home, change, git } = await open();
    const ids = [await change("a.txt"), await change("b.txt"), await change("c.txt"), await change("d.txt")];
    expect((await runTickets(world, { diagnose })).merged.toSorted()).toEqual(ids);
    const report = await verifyLog(world);
    expect(report).toMatchObject({ ok: true, findings: [], unread: [] });
    expect(report.commits).toBe(
      Number(runGitIn(home, "rev-list", "--first-parent", "--count", `${runGitIn(home, "rev-list", "--max-parents=0", "main")}..main`)),
    );
    expect(report.receipts).toBe(report.commits);
    runGitIn(root, "clone", "-q", "--mirror", "music", "music.git");
    await exportLog(world, { file: join(root, "log.jsonl") });
    const copies = { log: join(root, "log.jsonl"), repos: ["music.git"], baselines: [], cwd: root };
    expect(await verifyCopies(world.git, copies)).toMatchObject({ ok: true, commits: report.commits, findings: [], unread: [] });

    const tip = runGitIn(home, "rev-parse", "main");
    const receipt = runGitIn(home, "cat-file", "blob", `refs/mos/receipts/${tip}`);
    const bad = commitFiles(home, { "b.txt": "BROKEN\n" }, "by hand");
    await writeReceipt(git, bad, `${receipt.replaceAll(tip, bad)}\n`);
    expect((await verifyLog(world)).findings).toMatchObject([{ lane: "music", problem: "forged", commit: bad }]);
    await writeReceipt(git, bad, `${receipt}\n`);
    expect((await verifyLog(world)).findings).toMatchObject([{ lane: "music", problem: "replayed", commit: bad }]);
    // Nothing lands on it, and its lane stands.
    await change("e.txt");
    const result = await runTickets(world, { diagnose });
    expect(result.merged).toEqual([]);
    expect(result.paused).toMatchObject([{ lane: "music" }]);
    expect(runGitIn(home, "rev-parse", "main")).toBe(bad);
  });

  test("I4: a verdict that belongs to another commit lands nothing", async () => {
    const { world, home, change } = await open();
    const base = runGitIn(home, "rev-parse", "main");
    const id = await change("a.txt");
    await world.store.write(async (tx) => {
      await applyTransition(tx, id, { kind: "claim" }, { actor: "worker:x", reason: "test" });
    });
    const tree = runGitIn(home, "rev-parse", "main^{tree}");
    const commit = runGitIn(home, "commit-tree", "-m", "work", "-p", base, tree);
    const ticket = (await world.store.read((tx) => tx.tickets.get(id))) as Ticket;
    const work = { epoch: ticket.epoch, base, commit, tree };
    const verdict = { commit: base, outcome: "pass" as const, id: `${id}/1/${base.slice(0, 12)}` };
    const write = (event: Parameters<typeof applyTransition>[2]) =>
      world.store.write((tx) => applyTransition(tx, id, event, { actor: "worker:x", reason: "test" }));
    await write({ kind: "hand-in", work });
    await expect(write({ kind: "verdict", verdict })).rejects.toMatchObject({
      code: "ticket-refused",
      message: expect.stringContaining("The verdict is for"),
    });
    await expect(write({ kind: "land", commit, receipt: "x" })).rejects.toMatchObject({ code: "ticket-refused" });
    expect(runGitIn(home, "rev-parse", "main")).toBe(base);
  });
});
