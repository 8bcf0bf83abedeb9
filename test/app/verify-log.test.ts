import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { createLogMemory } from "../../src/app/audit-log.ts";
import { verifyLog } from "../../src/app/verify-log.ts";
import type { Domain, RepoHandle } from "../../src/contract/config.ts";
import { receiptRef } from "../../src/core/gate/find-tip.ts";
import type { Repo } from "../../src/port/git.ts";
import type { World } from "../../src/port/world.ts";
import { createFixedClock } from "../support/fixed-clock.ts";
import { landByHand, recordByHand, writeReceipt } from "../support/land-by-hand.ts";
import { runGitIn } from "../support/make-repository.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

let home: WikiWorld;
let world: World;
let music: RepoHandle;
let git: Repo;

/** As mos.yaml names it: with the tip it had when it came. */
function withBaseline(domain: Domain, baseline = runGitIn(domain.home.path, "rev-parse", "HEAD")): Domain {
  const repo = { ...domain.home, baseline };
  return { ...domain, home: repo, repos: [repo] };
}

beforeEach(async () => {
  home = await makeWikiWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Müsic\n" } } });
  const { workspace } = home.world;
  const domain = withBaseline(home.domain("music"));
  world = { ...home.world, workspace: { ...workspace, domains: [domain], operator: withBaseline(workspace.operator) } };
  music = domain.home;
  git = world.git.at(music.path);
});
afterEach(() => home.remove());

const land = (args?: Parameters<typeof landByHand>[2]) => landByHand(world, music, args);
const text = (receipt: unknown) => `${JSON.stringify(receipt, null, 2)}\n`;
const problems = async (at: World = world) =>
  (await verifyLog(at)).findings.map(({ problem, commit, reason, remedy }) => ({ problem, commit, reason, remedy }));

describe("G2e: what landed as it should verifies", () => {
  test("G2d: one ticket after another, a batch, and log and receipts vouch for one another", async () => {
    await land();
    await land({ tickets: ["MUS-2", "MUS-3", "MUS-4"] });
    await land({ tickets: ["MUS-5"] });
    expect(await verifyLog(world)).toMatchObject({ ok: true, commits: 3, receipts: 3, findings: [], lostHeads: [], unread: [] });
  });

  test("a range that was adopted in place, and one that a landing takes back", async () => {
    const first = await land();
    home.commit("music", { "notes/own.md": "1\n" });
    const tip = home.commit("music", { "notes/own.md": "2\n" });
    const tree = runGitIn(music.path, "rev-parse", `${tip}^{tree}`);
    const adopted = { ...first, id: tip, commit: tip, tree, base: first.commit, from: first.commit, tickets: ["MUS-2"] };
    const receipt = { ...adopted, heads: { "MUS-2": tip }, verdicts: [`MUS-2/1/${tip.slice(0, 12)}`] };
    await writeReceipt(git, tip, text(receipt));
    await recordByHand(world, music, receipt);
    home.commit("music", { "notes/own.md": "bad\n" });
    await land({ tickets: ["MUS-3"], given: { from: tip } });
    expect(await verifyLog(world)).toMatchObject({ ok: true, commits: 5, receipts: 3, findings: [] });
  });

  test("an adoption of before its landing stood in the log is found by its ticket", async () => {
    const tip = home.commit("music", { "notes/own.md": "1\n" });
    const base = music.baseline as string;
    const receipt = await land({ tickets: ["MUS-9"] });
    const tree = runGitIn(music.path, "rev-parse", `${tip}^{tree}`);
    const old = {
      ...receipt,
      id: tip,
      commit: tip,
      tree,
      base,
      from: base,
      tickets: ["MUS-8"],
      heads: { "MUS-8": tip },
      verdicts: [`MUS-8/1/${tip.slice(0, 12)}`],
    };
    await writeReceipt(git, tip, text(old));
    expect(await problems()).toMatchObject([{ problem: "forged", commit: tip }]);
    await world.store.write(async (tx) => {
      await tx.receipts.put(old);
      await tx.append({ kind: "ticket.merged", actor: "operator", authority: tip, ticket: "MUS-8", domain: "music", reason: "adopted" });
    });
    expect(await problems()).toEqual([]);
  });

  test("receipts from before the baseline belong to another log", async () => {
    const before = await land({ given: { logHead: "e".repeat(64) }, unsaid: true });
    expect(await problems()).toMatchObject([{ problem: "log-head", commit: before.commit }]);
    const domain = withBaseline(home.domain("music"));
    const again = { ...world, workspace: { ...world.workspace, domains: [domain] } };
    await landByHand(again, domain.home);
    expect(await verifyLog(again)).toMatchObject({ ok: true, commits: 1, receipts: 1 });
  });

  test("a landing under way, of which there is but the intent, is left to recovery", async () => {
    const receipt = await land({ unsaid: true });
    expect(await problems()).toMatchObject([{ problem: "forged" }]);
    const landing = { id: "x", lane: "music", receipt, startedAt: receipt.landedAt };
    await world.store.write((tx) => tx.landings.put(landing));
    expect(await verifyLog(world)).toMatchObject({ ok: true });
  });

  test("what was found whole is not read again, and what is changed or added since is found", async () => {
    const memory = createLogMemory();
    const first = await land();
    expect(await verifyLog(world, memory)).toMatchObject({ ok: true, commits: 1 });
    const second = await land({ tickets: ["MUS-2"] });
    const read: string[] = [];
    const watched: World = {
      ...world,
      git: {
        ...world.git,
        readHistory: (dir, body) =>
          world.git.readHistory(dir, (history) => {
            const readBlobs = (ids: readonly string[]) => {
              read.push(...ids);
              return history.readBlobs(ids);
            };
            return body({ ...history, readBlobs });
          }),
      },
    };
    expect(await verifyLog(watched, memory)).toMatchObject({ ok: true, commits: 2, receipts: 2 });
    expect(read).toEqual([runGitIn(music.path, "rev-parse", receiptRef(second.commit))]);
    await writeReceipt(git, first.commit, text({ ...first, gateHash: "f".repeat(64) }));
    expect((await verifyLog(watched, memory)).findings).toMatchObject([{ problem: "changed", commit: first.commit }]);
  });
});

describe("G2e: what did not is named, with commit, reason and remedy", () => {
  test("a commit by hand", async () => {
    await land();
    const commit = home.commit("music", { "notes/own.md": "1\n" });
    const [found] = await problems();
    expect(found).toMatchObject({ problem: "no-receipt", commit, reason: expect.stringMatching(/no receipt covers it/) });
    expect(found?.remedy).toContain("mos ticket adopt main --domain music");
  });

  test("a receipt that is gone, of a landing that the log knows", async () => {
    const { commit } = await land();
    runGitIn(music.path, "update-ref", "-d", receiptRef(commit));
    expect(await problems()).toMatchObject([
      { problem: "no-receipt", commit, reason: expect.stringMatching(/landed as event 2.*is gone/) },
    ]);
  });

  test("a receipt written by hand for a commit by hand, sound in itself", async () => {
    const { commit } = await land({ unsaid: true });
    const [found] = await problems();
    expect(found).toMatchObject({ problem: "forged", commit, reason: expect.stringMatching(/the lander did not write/) });
    expect(found?.remedy).toContain(`update-ref -d refs/mos/receipts/${commit}`);
  });

  test("a receipt by hand, with a copy of it in the store, is forged all the same: the log has it not", async () => {
    const receipt = await land({ unsaid: true });
    await world.store.write((tx) => tx.receipts.put(receipt));
    expect(await problems()).toMatchObject([{ problem: "forged" }]);
  });

  test("another commit's receipt, and another repository's", async () => {
    const first = await land();
    const second = await land({ tickets: ["MUS-2"] });
    await writeReceipt(git, second.commit, text(first));
    expect(await problems()).toMatchObject([
      { problem: "replayed", commit: second.commit, reason: expect.stringContaining(first.commit.slice(0, 12)) },
    ]);
    await writeReceipt(git, second.commit, text({ ...second, lane: "writing" }));
    expect(await problems()).toMatchObject([
      { problem: "replayed", commit: second.commit, reason: expect.stringContaining("lane writing") },
    ]);
    await writeReceipt(git, second.commit, text(second));
    await writeReceipt(git, "d".repeat(40), text({ ...first, id: "d".repeat(40), commit: "d".repeat(40) }));
    expect(await problems()).toMatchObject([{ problem: "stray", commit: "d".repeat(40) }]);
  });

  test("what lies in a receipt's place and is none", async () => {
    const { commit } = await land();
    for (const junk of ["not a receipt\n", "{}", "null", "\u0000", "x".repeat(2_000_000)]) {
      await writeReceipt(git, commit, junk);
      expect(await problems()).toMatchObject([{ problem: "forged", commit }]);
    }
    runGitIn(music.path, "update-ref", receiptRef(commit), commit);
    expect(await problems()).toMatchObject([{ problem: "forged", commit }]);
  });

  test.each<[string, Parameters<typeof landByHand>[2], RegExp]>([
    ["tree", { given: { tree: "a".repeat(40) } }, /for the tree aaaaaaaaaaaa/],
    ["base", { given: { base: "a".repeat(40) } }, /for the base aaaaaaaaaaaa/],
    ["head that is not behind it", { given: { heads: { "MUS-1": "a".repeat(40) } } }, /work of MUS-1 .* did not come to main/],
    ["head of no ticket of its", { given: { heads: {} } }, /work of just its tickets/],
    ["tickets", { tickets: ["MUS-1", "MUS-2"], given: { tickets: ["MUS-1"] } }, /work of just its tickets/],
    ["verdict of another commit", { given: { verdicts: [`MUS-1/1/${"a".repeat(12)}`] } }, /no verdict of MUS-1/],
    ["no verdict", { given: { verdicts: [] } }, /no verdict of MUS-1/],
    ["range from nowhere", { given: { from: "a".repeat(40) } }, /covers from aaaaaaaaaaaa/],
  ])("a receipt with another %s than what landed", async (_what, args, reason) => {
    const { commit } = await land(args);
    expect(await problems()).toMatchObject([{ problem: "changed", commit, reason: expect.stringMatching(reason) }]);
  });

  test("a head that was on main before: work that lands twice", async () => {
    const first = await land();
    const { commit } = await land({ tickets: ["MUS-2"], given: { heads: { "MUS-2": first.heads["MUS-1"] as string } } });
    expect(await problems()).toMatchObject([{ problem: "changed", commit, reason: expect.stringMatching(/did not come to main with it/) }]);
  });

  test("a receipt that was changed afterwards: in git, in the store, in both", async () => {
    const receipt = await land();
    const kinder = { ...receipt, doctor: { grade: "A", passed: 19, total: 18 } };
    await writeReceipt(git, receipt.commit, text(kinder));
    expect(await problems()).toMatchObject([
      { problem: "changed", reason: expect.stringMatching(/not the one that event 2 of the log vouches for/) },
    ]);
    await world.store.write((tx) => tx.receipts.put(kinder));
    expect(await problems()).toMatchObject([{ problem: "changed" }]);
    await writeReceipt(git, receipt.commit, text(receipt));
    expect(await problems()).toMatchObject([{ problem: "changed", reason: expect.stringMatching(/the store's copy/) }]);
    await world.store.write((tx) => tx.receipts.remove(receipt.id));
    expect(await problems()).toMatchObject([{ problem: "changed", reason: expect.stringMatching(/the store has no copy/) }]);
  });

  test("a receipt that covers what another covers", async () => {
    const first = await land();
    const { commit } = await land({ tickets: ["MUS-2"], given: { from: music.baseline as string } });
    expect(await problems()).toMatchObject([{ problem: "changed", commit, reason: expect.stringContaining(first.commit.slice(0, 12)) }]);
  });

  test("a receipt that names its own landing, or a later event, as the log's end", async () => {
    const receipt = await land({ unsaid: true });
    const late = await world.store.write((tx) => tx.append({ kind: "gate.tested", actor: "mos", reason: "later" }));
    const wrong = { ...receipt, logHead: late.hash };
    await writeReceipt(git, receipt.commit, text(wrong));
    await recordByHand(world, music, wrong);
    expect(await problems()).toEqual([]);
    const second = await land({ tickets: ["MUS-2"], unsaid: true });
    await recordByHand(world, music, second);
    const after = await world.store.write((tx) => tx.append({ kind: "gate.tested", actor: "mos", reason: "later" }));
    const third = { ...second, logHead: after.hash };
    await writeReceipt(git, second.commit, text(third));
    await world.store.write((tx) => tx.receipts.put(third));
    expect(await problems()).toMatchObject([{ problem: "changed", commit: second.commit }]);
  });

  test("main that was moved back onto a commit with a receipt", async () => {
    const first = await land();
    const second = await land({ tickets: ["MUS-2"] });
    runGitIn(music.path, "update-ref", "refs/heads/main", first.commit);
    expect(await problems()).toMatchObject([
      { problem: "stray", commit: second.commit },
      { problem: "lost", commit: second.commit, remedy: expect.stringContaining(`merge --ff-only ${second.commit}`) },
    ]);
  });

  test("history that was written anew, and a baseline that was moved forward to hide a commit", async () => {
    const { workspace } = world;
    const bad = home.commit("music", { "notes/own.md": "1\n" });
    await land();
    expect(await problems()).toMatchObject([{ problem: "no-receipt", commit: bad }]);
    const domain = withBaseline(home.domain("music"));
    const moved = { ...world, workspace: { ...workspace, domains: [domain] } };
    expect(await problems(moved)).toMatchObject([
      { problem: "baseline", commit: domain.home.baseline },
      { problem: "no-receipt", commit: bad },
    ]);
    const orphan = runGitIn(music.path, "commit-tree", "-m", "anew", runGitIn(music.path, "rev-parse", "main^{tree}"));
    runGitIn(music.path, "update-ref", "refs/heads/main", orphan);
    expect((await problems()).map(({ problem }) => problem)).toEqual(["baseline", "no-receipt", "stray", "lost"]);
  });

  test("a main whose first parent is not what was main: what landed lies beside the line", async () => {
    const { commit, base } = await land();
    const tree = runGitIn(music.path, "rev-parse", "main^{tree}");
    const foxtrot = runGitIn(music.path, "commit-tree", "-m", "foxtrot", "-p", base, "-p", commit, tree);
    runGitIn(music.path, "update-ref", "refs/heads/main", foxtrot);
    expect((await problems()).map(({ problem, commit: at }) => [problem, at])).toEqual([
      ["no-receipt", foxtrot],
      ["stray", commit],
      ["lost", commit],
    ]);
  });

  test("replacements, grafts and a branch that is called like a receipt hide nothing", async () => {
    const first = await land();
    const bad = home.commit("music", { "notes/own.md": "1\n" });
    const good = await land({ tickets: ["MUS-2"] });
    runGitIn(music.path, "replace", "--graft", good.commit, first.commit, good.heads["MUS-2"] as string);
    runGitIn(music.path, "update-ref", `refs/heads/${receiptRef(bad)}`, bad);
    expect(await problems()).toMatchObject([{ problem: "no-receipt", commit: bad }]);
  });
});

describe("I8: the log", () => {
  test("one that was begun anew, sound in itself, is told by the receipts of the old one", async () => {
    await land();
    const second = await land({ tickets: ["MUS-2"] });
    const store = await openStore({ file: join(home.root, ".mos", "other.db"), clock: createFixedClock(), create: true });
    await store.write((tx) => tx.append({ kind: "gate.tested", actor: "mos", reason: "forged", domain: "music" }));
    const report = await verifyLog({ ...world, store });
    await store.close();
    expect(report).toMatchObject({ ok: false, events: 1, receipts: 2 });
    expect(report.brokenAt).toBeUndefined();
    expect(report.lostHeads).toContainEqual(expect.objectContaining({ lane: "music", receipt: second.commit }));
  });

  test("a broken one is reported with its place, not thrown, even where an event cannot be read", async () => {
    for (const id of ["MUS-1", "MUS-2"]) await land({ tickets: [id] });
    const database = new Database(join(home.root, ".mos", "store.db"));
    database.exec("drop trigger events_never_change");
    database.exec("update events set body = '{' where seq = 2");
    database.close();
    expect(await verifyLog(world)).toMatchObject({ ok: false, events: 4, brokenAt: 2 });
  });

  test("a repository that cannot be read is said to be, is not called whole, and the chain is walked all the same", async () => {
    await land();
    const repo = { ...music, path: join(home.root, "nowhere") };
    const domain = { ...withBaseline(home.domain("music")), home: repo, repos: [repo] };
    const report = await verifyLog({ ...world, workspace: { ...world.workspace, domains: [domain] } });
    expect(report).toMatchObject({ ok: false, events: 2, findings: [], unread: [{ lane: "music", reason: expect.stringMatching(/\w/) }] });
  });
});
