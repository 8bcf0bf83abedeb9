import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { installAlarms } from "../../../src/app/install-alarms.ts";
import { recoverWorkspace } from "../../../src/app/run-tickets.ts";
import type { Receipt } from "../../../src/contract/run.ts";
import { receiptRef } from "../../../src/core/gate/find-tip.ts";
import { watchTips } from "../../../src/stage/sweep/watch-tips.ts";
import { commitFiles, runGitIn } from "../../support/make-repository.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

let opened: OpenedWorld;
let home = "";

beforeEach(async () => {
  opened = await openWorld({
    music: { prefix: "MUS", files: { "check.sh": "true\n" } },
    agency: { prefix: "AGE", files: { "check.sh": "true\n" } },
  });
  home = opened.world.workspace.domains[0]?.home.path as string;
});
afterEach(() => opened.remove());

const laneOf = (id: string) => opened.world.store.read((tx) => tx.lanes.get(id));
const alarms = () => opened.world.store.read((tx) => tx.events({ kind: "guard.alarm" }));
const giveRef = (commit: string) =>
  runGitIn(home, "-c", "core.hooksPath=/dev/null", "update-ref", receiptRef(commit), runGitIn(home, "hash-object", "check.sh"));

function receiptFor(commit: string, base: string): Receipt {
  return {
    id: commit,
    lane: "music",
    tickets: ["MUS-1"],
    base,
    tree: runGitIn(home, "rev-parse", `${commit}^{tree}`),
    commit,
    heads: {},
    gateHash: "0",
    logHead: "0",
    verdicts: [],
    checks: [],
    doctor: { grade: "A", passed: 19, total: 19 },
    landedAt: opened.world.clock.now(),
  };
}

describe("G7a: main that moved outside a landing", () => {
  test("G7a: pauses its lane, and only its own, and is told once for each tip", async () => {
    const moved = commitFiles(home, { "by-hand.txt": "x\n" }, "fix: by hand");
    const [alarm, ...others] = await watchTips(opened.world);
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ lane: "music", commit: moved });
    expect(alarm?.reason).toContain("mos ticket adopt main --domain music");
    expect((await laneOf("music"))?.paused?.by).toBe("foreign-tip");
    expect((await laneOf("agency"))?.paused).toBeUndefined();
    await watchTips(opened.world);
    expect(await alarms()).toHaveLength(1);
    commitFiles(home, { "by-hand.txt": "y\n" }, "fix: again");
    await watchTips(opened.world);
    expect(await alarms()).toHaveLength(2);
  });

  test("G7a: the baseline, and a tip with the lander's receipt, are none", async () => {
    const base = runGitIn(home, "rev-parse", "main");
    expect(await watchTips(opened.world)).toEqual([]);
    const landed = commitFiles(home, { "a.txt": "x\n" }, "feat: landed");
    giveRef(landed);
    await opened.world.store.write((tx) => tx.receipts.put(receiptFor(landed, base)));
    expect(await watchTips(opened.world)).toEqual([]);
  });

  test("G7a: a receipt's ref that somebody wrote by hand does not pass for one", async () => {
    const base = runGitIn(home, "rev-parse", "main");
    const landed = commitFiles(home, { "a.txt": "x\n" }, "feat: landed");
    giveRef(landed);
    await opened.world.store.write((tx) => tx.receipts.put(receiptFor(landed, base)));
    const forged = commitFiles(home, { "a.txt": "y\n" }, "feat: forged");
    giveRef(forged);
    const [alarm] = await watchTips(opened.world);
    expect(alarm?.reason).toContain("whose receipt the lander did not write");
    expect((await laneOf("music"))?.paused?.by).toBe("foreign-tip");
  });

  test("G7a: a landing that is between its two refs is none", async () => {
    const base = runGitIn(home, "rev-parse", "main");
    const commit = commitFiles(home, { "a.txt": "x\n" }, "feat: landing");
    const landing = {
      id: "MUS-1/x",
      lane: "music",
      receipt: receiptFor(commit, base),
      startedAt: opened.world.clock.now(),
    };
    await opened.world.store.write((tx) => tx.landings.put(landing));
    expect(await watchTips(opened.world)).toEqual([]);
    await opened.world.store.write((tx) => tx.landings.remove(landing.id));
    expect(await watchTips(opened.world)).toHaveLength(1);
  });

  test("G7a: an adoption under way, whose worker lives, is none; one whose worker died is", async () => {
    commitFiles(home, { "a.txt": "x\n" }, "feat: by hand");
    const { worker } = opened.world;
    const lease = { key: "lane:music", owner: worker.id, pid: worker.pid, process: worker.process, epoch: 1, beat: 1 };
    await opened.world.store.write((tx) => tx.leases.put(lease));
    expect(await watchTips(opened.world)).toEqual([]);
    await opened.world.store.write((tx) => tx.leases.put({ ...lease, process: worker.process.replace(/[^/]*$/, "1") }));
    expect(await watchTips(opened.world)).toHaveLength(1);
  });

  test("G7a: a branch that is gone is an alarm, and what the operator paused stays theirs", async () => {
    await opened.world.store.write((tx) => tx.lanes.put({ id: "music", paused: { by: "operator", reason: "holiday", paths: [] } }));
    runGitIn(home, "checkout", "-q", "--detach");
    runGitIn(home, "branch", "-q", "-D", "main");
    const [alarm] = await watchTips(opened.world);
    expect(alarm?.reason).toBe("music has no main: restore the branch");
    expect((await laneOf("music"))?.paused).toMatchObject({ by: "operator", reason: "holiday" });
  });

  test("G7a: the sweep of a run finds it and says so", async () => {
    commitFiles(home, { "a.txt": "x\n" }, "feat: by hand");
    await recoverWorkspace(opened.world, () => true);
    expect(
      opened.reported.some(({ stage, state, text }) => stage === "sweep" && state === "failed" && text.includes("mos ticket adopt")),
    ).toBe(true);
    expect((await laneOf("music"))?.paused?.by).toBe("foreign-tip");
  });
});

describe("G7b: git itself tells who moved main", () => {
  test("G7b: a commit, a push and a bare update-ref by hand are each told with the command that did it", async () => {
    await installAlarms(opened.world);
    commitFiles(home, { "a.txt": "x\n" }, "feat: by hand");
    await watchTips(opened.world);
    const clone = `${opened.root}/clone`;
    runGitIn(opened.root, "clone", "-q", "--no-local", home, clone);
    runGitIn(home, "checkout", "-q", "--detach");
    runGitIn(clone, "config", "user.name", "Test Operator");
    runGitIn(clone, "config", "user.email", "operator@example.invalid");
    commitFiles(clone, { "b.txt": "x\n" }, "feat: pushed");
    runGitIn(clone, "push", "-q", "origin", "main");
    await watchTips(opened.world);
    runGitIn(home, "update-ref", "refs/heads/main", "HEAD");
    await watchTips(opened.world);
    const told = await alarms();
    expect(told.map(({ data }) => String(data.command).split(" ").slice(0, 2).join(" "))).toEqual([
      "git commit",
      expect.stringContaining("receive-pack"),
      "git update-ref",
    ]);
    expect(told.every(({ data }) => data.uid === process.getuid?.())).toBe(true);
  });

  test("G7b: a landing by Master OS's own git leaves no line", async () => {
    await installAlarms(opened.world);
    const git = opened.world.git.at(home);
    const base = runGitIn(home, "rev-parse", "main");
    const tree = runGitIn(home, "rev-parse", "main^{tree}");
    const commit = await git.commitTree({ tree, parents: [base], message: "landed" });
    await git.updateRefs([{ ref: "refs/heads/main", to: commit, from: base }], "mos: land");
    const [alarm] = await watchTips(opened.world);
    expect(alarm?.reason).not.toContain("by uid");
  });
});
