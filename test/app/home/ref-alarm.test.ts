import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import { examineRefAlarm, installRefAlarm, removeRefAlarm } from "../../../src/app/home/ref-alarm.ts";
import { parseRefLog } from "../../../src/core/gate/ref-log.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";

const folder = makeTemporaryFolder("mos-ref-alarm-");
afterAll(folder.remove);
const git = createGit(process.env);
const said = { branch: "main", adopt: "mos ticket adopt main --domain music" };
let home = "";
let hook = "";
let log = "";
let count = 0;

beforeEach(() => {
  count += 1;
  home = join(folder.path, `it's home ${count}`);
  makeRepository(home, { "a.txt": "a\n" });
  hook = join(home, ".git/hooks/reference-transaction");
  log = join(home, ".git/mos-ref-log");
});

const commitByHand = (text: string) => {
  writeFileSync(join(home, "a.txt"), text);
  return spawnSync("git", ["commit", "-qam", text], { cwd: home, encoding: "utf8" });
};

test("G7b: is found missing, put there, found present, and taken back", async () => {
  const repo = git.at(home);
  expect((await examineRefAlarm(repo, said)).kind).toBe("missing");
  expect((await installRefAlarm(repo, said)).kind).toBe("missing");
  expect((await examineRefAlarm(repo, said)).kind).toBe("present");
  expect((await examineRefAlarm(repo, { ...said, branch: "trunk" })).kind).toBe("stale");
  expect((await installRefAlarm(repo, { ...said, branch: "trunk" })).kind).toBe("stale");
  expect((await examineRefAlarm(repo, { ...said, branch: "trunk" })).kind).toBe("present");
  await removeRefAlarm(repo);
  expect(existsSync(hook)).toBe(false);
});

test("G7b: tells the person how to bring the commit in, refuses nothing, and writes one line", async () => {
  await installRefAlarm(git.at(home), said);
  const result = commitByHand("b");
  expect(result.status).toBe(0);
  expect(result.stderr).toContain("mos: main moved outside a landing. Bring it in: mos ticket adopt main --domain music");
  const moves = parseRefLog(readFileSync(log, "utf8"));
  expect(moves).toMatchObject([{ ref: "refs/heads/main", to: runGitIn(home, "rev-parse", "main"), uid: process.getuid?.() }]);
  expect(moves[0]?.command).toContain("git commit");
});

test("G7b: other branches are nobody's business; a ref of Master OS's own that is deleted is noted", async () => {
  await installRefAlarm(git.at(home), said);
  runGitIn(home, "checkout", "-q", "-b", "feature");
  expect(commitByHand("c").stderr).toBe("");
  expect(existsSync(log)).toBe(false);
  runGitIn(home, "update-ref", "refs/mos/receipts/x", "HEAD");
  runGitIn(home, "update-ref", "-d", "refs/mos/receipts/x");
  const moves = parseRefLog(readFileSync(log, "utf8"));
  expect(moves.map(({ ref }) => ref)).toContain("refs/mos/receipts/x");
  expect(moves.some(({ to }) => /^0+$/.test(to))).toBe(true);
});

test("G7b: refs that git packs, or that do not move, are no alarm; a branch that goes is one", async () => {
  await installRefAlarm(git.at(home), said);
  runGitIn(home, "pack-refs", "--all", "--prune");
  runGitIn(home, "gc", "-q");
  runGitIn(home, "update-ref", "refs/heads/main", "HEAD");
  expect(existsSync(log)).toBe(false);
  runGitIn(home, "checkout", "-q", "--detach");
  runGitIn(home, "branch", "-q", "-D", "main");
  expect(parseRefLog(readFileSync(log, "utf8")).some(({ ref, to }) => ref === "refs/heads/main" && /^0+$/.test(to))).toBe(true);
});

test("G7b: a hook of the operator's own stays as it is, and hooks that lie elsewhere too", async () => {
  mkdirSync(join(home, ".git/hooks"), { recursive: true });
  writeFileSync(hook, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  expect((await installRefAlarm(git.at(home), said)).kind).toBe("taken");
  expect(readFileSync(hook, "utf8")).toBe("#!/bin/sh\nexit 0\n");
  await removeRefAlarm(git.at(home));
  expect(existsSync(hook)).toBe(true);
  rmSync(hook);
  runGitIn(home, "config", "core.hooksPath", ".husky");
  expect(await installRefAlarm(git.at(home), said)).toMatchObject({ kind: "taken", path: "core.hooksPath .husky" });
  expect(existsSync(hook)).toBe(false);
});

test("G7b: its file is bounded, and one that cannot be written takes no commit away", async () => {
  await installRefAlarm(git.at(home), said);
  writeFileSync(log, "x\n".repeat(140_000));
  const bytes = statSync(log).size;
  expect(commitByHand("d").status).toBe(0);
  expect(statSync(log).size).toBe(bytes);
  rmSync(log);
  mkdirSync(log);
  const result = commitByHand("e");
  expect(result.status).toBe(0);
  expect(result.stderr).toContain("mos ticket adopt");
});

test("G7b: also in a linked worktree and for a branch with an odd name", async () => {
  const odd = { branch: "it's-$(id>x)", adopt: "mos ticket adopt it" };
  commitFiles(home, { "b.txt": "b\n" }, "feat: b");
  runGitIn(home, "branch", odd.branch);
  await installRefAlarm(git.at(home), odd);
  const tree = join(folder.path, `linked-${count}`);
  runGitIn(home, "worktree", "add", "-q", tree, odd.branch);
  commitFiles(tree, { "c.txt": "c\n" }, "feat: c");
  expect(parseRefLog(readFileSync(log, "utf8")).at(-1)?.ref).toBe(`refs/heads/${odd.branch}`);
  expect(existsSync(join(tree, "x")) || existsSync(join(home, "x"))).toBe(false);
});

test("G7b: lines that do not fit are left out", () => {
  const id = "a".repeat(40);
  expect(parseRefLog(`junk\n1 0 ${id} ${id} refs/heads/main git commit -m x\n2 0 short ${id} refs/heads/main\n`)).toEqual([
    { at: 1, uid: 0, from: id, to: id, ref: "refs/heads/main", command: "git commit -m x" },
  ]);
});
