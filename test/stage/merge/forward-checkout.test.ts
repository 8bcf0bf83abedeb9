import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createSystemClock } from "../../../src/adapter/clock/system-clock.ts";
import { createGit } from "../../../src/adapter/git/git.ts";
import { type Checkout, findCheckout, mendCheckout, moveWithCheckout } from "../../../src/stage/merge/forward-checkout.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn, writeFiles } from "../../support/make-repository.ts";

const folder = makeTemporaryFolder("mos-forward-");
afterAll(folder.remove);
const git = createGit(process.env);
const clock = createSystemClock();
const mark = "mos landing MUS-1/x\n";
const mended = { kind: "mended", edited: [] };
let home = "";
let checkout: Checkout;
let from = "";
let to = "";
let count = 0;

beforeEach(async () => {
  count += 1;
  home = join(folder.path, `home-${count}`);
  from = makeRepository(home, { "a.txt": "a\n", "b.txt": "b\n", "gone.txt": "old\n", "c/d.txt": "d\n" });
  runGitIn(home, "checkout", "-q", "-b", "next");
  writeFiles(home, { "a.txt": "new a\n", "e/f.txt": "f\n" });
  runGitIn(home, "rm", "-q", "gone.txt");
  to = commitFiles(home, {}, "feat: next");
  runGitIn(home, "checkout", "-q", "main");
  checkout = (await findCheckout(git, git.at(home), "main")) as Checkout;
});

function move(body: () => void = () => {}) {
  return moveWithCheckout({
    git,
    clock,
    checkout,
    from,
    to,
    mark,
    move: async () => {
      body();
      const moved = await git.at(home).updateRefs([{ ref: "refs/heads/main", to, from }], "test");
      return { moved: moved.kind === "moved" };
    },
  });
}

/** Commits the tree as it is with these files; leaves index, lock and main as a kill does right after main moved. */
async function landNext(files: Readonly<Record<string, string>>): Promise<string> {
  copyFileSync(checkout.index, `${checkout.index}.before`);
  const next = commitFiles(home, files, "feat: next");
  renameSync(`${checkout.index}.before`, checkout.index);
  writeFileSync(`${checkout.index}.lock`, mark);
  return next;
}

describe("an operator's working tree that has main checked out", () => {
  test("G3a: follows main, with local edits elsewhere as they were, staged and not", async () => {
    writeFileSync(join(home, "b.txt"), "mine\n");
    writeFileSync(join(home, "c/d.txt"), "staged\n");
    runGitIn(home, "add", "c/d.txt");
    writeFileSync(join(home, "untracked.txt"), "u\n");
    expect(await move()).toMatchObject({ kind: "done", value: { moved: true } });
    expect(readFileSync(join(home, "a.txt"), "utf8")).toBe("new a\n");
    expect(existsSync(join(home, "gone.txt"))).toBe(false);
    const status = runGitIn(home, "status", "--porcelain").split("\n");
    expect(status.map((line) => line.trim()).sort()).toEqual(["?? untracked.txt", "M  c/d.txt", "M b.txt"]);
    runGitIn(home, "commit", "-qam", "docs: mine");
    expect(runGitIn(home, "show", "main:a.txt")).toBe("new a");
  });

  test("G3a: nobody commits between main and the tree", async () => {
    writeFileSync(join(home, "b.txt"), "mine\n");
    let refused = "";
    await move(() => {
      try {
        execFileSync("git", ["commit", "-qam", "meanwhile"], { cwd: home, stdio: "pipe" });
      } catch (error) {
        refused = String((error as { stderr: Buffer }).stderr);
      }
    });
    expect(refused).toContain("index.lock");
    expect(existsSync(join(home, ".git/index.lock"))).toBe(false);
    expect(runGitIn(home, "rev-parse", "main")).toBe(to);
  });

  test("G3b: an edit, a staged edit or an untracked file in the way is named, and nothing moves", async () => {
    writeFileSync(join(home, "a.txt"), "mine\n");
    expect(await move()).toEqual({ kind: "overlap", paths: ["a.txt"] });
    runGitIn(home, "add", "a.txt");
    expect(await move()).toEqual({ kind: "overlap", paths: ["a.txt"] });
    runGitIn(home, "reset", "-q", "--hard");
    writeFiles(home, { "e/f.txt": "in the way\n" });
    expect(await move()).toMatchObject({ kind: "overlap" });
    expect(runGitIn(home, "rev-parse", "main")).toBe(from);
    expect(readFileSync(join(home, "e/f.txt"), "utf8")).toBe("in the way\n");
    expect(existsSync(join(home, ".git/index.lock"))).toBe(false);
  });

  test("G8: killed after main moved, the tree is completed; an edit made since stays and is named", async () => {
    writeFileSync(`${checkout.index}.lock`, mark);
    runGitIn(home, "update-ref", "refs/heads/main", to);
    writeFileSync(join(home, "b.txt"), "mine\n");
    const mend = () => mendCheckout({ git, clock, checkout, from, to, mark, landed: true });
    expect(await mend()).toEqual(mended);
    expect(runGitIn(home, "status", "--porcelain")).toBe("M b.txt");
    expect(readFileSync(join(home, "e/f.txt"), "utf8")).toBe("f\n");
    expect(existsSync(`${checkout.index}.lock`)).toBe(false);
    expect(await mend()).toEqual(mended);
  });

  test("G8: killed half way through the files, the rest follows; what the operator wrote meanwhile is left", async () => {
    writeFileSync(`${checkout.index}.lock`, mark);
    runGitIn(home, "update-ref", "refs/heads/main", to);
    writeFileSync(join(home, "a.txt"), "new a\n");
    writeFileSync(join(home, "gone.txt"), "edited\n");
    expect(await mendCheckout({ git, clock, checkout, from, to, mark, landed: true })).toEqual({ kind: "mended", edited: ["gone.txt"] });
    expect(runGitIn(home, "status", "--porcelain")).toBe("?? gone.txt");
    expect(readFileSync(join(home, "gone.txt"), "utf8")).toBe("edited\n");
  });

  test("G8: killed while git wrote a file, what was away or written in part is written whole", async () => {
    writeFileSync(`${checkout.index}.lock`, mark);
    writeFileSync(`${checkout.index}.mos.lock`, "");
    runGitIn(home, "update-ref", "refs/heads/main", to);
    rmSync(join(home, "a.txt"));
    writeFiles(home, { "e/f.txt": "" });
    expect(await mendCheckout({ git, clock, checkout, from, to, mark, landed: true })).toEqual(mended);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
    expect(readFileSync(join(home, "a.txt"), "utf8")).toBe("new a\n");
    expect(existsSync(`${checkout.index}.mos.lock`)).toBe(false);
  });

  test("G8: killed while git wrote a file, one that is cut within a sign is no edit of the operator's", async () => {
    const whole = "naïve café, ".repeat(1000);
    const next = await landNext({ "a.txt": whole });
    writeFileSync(join(home, "a.txt"), Buffer.from(whole, "utf8").subarray(0, 3));
    expect(Buffer.from(whole, "utf8").subarray(0, 3).toString("utf8")).toContain("\uFFFD");
    expect(await mendCheckout({ git, clock, checkout, from, to: next, mark, landed: true })).toEqual(mended);
    expect(readFileSync(join(home, "a.txt"), "utf8")).toBe(whole);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
  });

  test("G8: killed before a file's mode had followed, it follows", async () => {
    chmodSync(join(home, "b.txt"), 0o755);
    const next = await landNext({});
    chmodSync(join(home, "b.txt"), 0o644);
    expect(await mendCheckout({ git, clock, checkout, from, to: next, mark, landed: true })).toEqual(mended);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
    expect(statSync(join(home, "b.txt")).mode & 0o111).toBe(0o111);
  });

  test("G8: killed before a link had gone, or had become a file, it follows", async () => {
    symlinkSync("b.txt", join(home, "link"));
    symlinkSync("c/d.txt", join(home, "other"));
    from = commitFiles(home, {}, "docs: links");
    rmSync(join(home, "link"));
    rmSync(join(home, "other"));
    const next = await landNext({ other: "a file\n" });
    rmSync(join(home, "other"));
    symlinkSync("b.txt", join(home, "link"));
    symlinkSync("c/d.txt", join(home, "other"));
    expect(await mendCheckout({ git, clock, checkout, from, to: next, mark, landed: true })).toEqual(mended);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
    expect(readFileSync(join(home, "other"), "utf8")).toBe("a file\n");
    expect(readFileSync(join(home, "c/d.txt"), "utf8")).toBe("d\n");
  });

  test("G3a: where the move breaks off after main moved, the lock stays until the tree is mended", async () => {
    const broken = moveWithCheckout({
      git,
      clock,
      checkout,
      from,
      to,
      mark,
      move: async (): Promise<{ moved: boolean }> => {
        await git.at(home).updateRefs([{ ref: "refs/heads/main", to, from }], "test");
        throw new Error("the answer was lost");
      },
    });
    await expect(broken).rejects.toThrow("the answer was lost");
    expect(() => execFileSync("git", ["commit", "-qam", "meanwhile"], { cwd: home, stdio: "pipe" })).toThrow("index.lock");
    expect(await mendCheckout({ git, clock, checkout, from, to, mark, landed: true })).toEqual(mended);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
    expect(readFileSync(join(home, "a.txt"), "utf8")).toBe("new a\n");
  });

  test("G8: killed before main moved, only our own lock goes; another's stays", async () => {
    writeFileSync(`${checkout.index}.lock`, mark);
    expect(await mendCheckout({ git, clock, checkout, from, to, mark, landed: false })).toEqual(mended);
    expect(existsSync(`${checkout.index}.lock`)).toBe(false);
    writeFileSync(`${checkout.index}.lock`, "");
    await mendCheckout({ git, clock, checkout, from, to, mark, landed: false });
    expect(existsSync(`${checkout.index}.lock`)).toBe(true);
  });

  test("G8c: our lock was removed by hand: what git still has as before follows; what was staged or written since stays, and is named", async () => {
    runGitIn(home, "update-ref", "refs/heads/main", to);
    writeFileSync(join(home, "a.txt"), "mine\n");
    runGitIn(home, "add", "a.txt");
    writeFileSync(join(home, "gone.txt"), "edited\n");
    const mend = () => mendCheckout({ git, clock, checkout, from, to, mark, landed: true });
    expect(await mend()).toEqual({ kind: "mended", edited: ["gone.txt", "a.txt"] });
    expect(readFileSync(join(home, "e/f.txt"), "utf8")).toBe("f\n");
    expect([readFileSync(join(home, "a.txt"), "utf8"), readFileSync(join(home, "gone.txt"), "utf8")]).toEqual(["mine\n", "edited\n"]);
    expect(runGitIn(home, "diff", "--cached", "--name-only")).toBe("a.txt");
    expect(existsSync(`${checkout.index}.lock`)).toBe(false);
    expect((await mend()).kind).toBe("mended");
    runGitIn(home, "commit", "-qam", "docs: mine");
    expect(runGitIn(home, "show", "main:e/f.txt")).toBe("f");
  });

  test("G8c: what the operator committed since, with the tree of before, stays as they committed it", async () => {
    runGitIn(home, "update-ref", "refs/heads/main", to);
    writeFileSync(join(home, "b.txt"), "mine\n");
    runGitIn(home, "commit", "-qam", "docs: mine");
    const head = runGitIn(home, "rev-parse", "main");
    expect(await mendCheckout({ git, clock, checkout, from, to, mark, landed: true })).toMatchObject({ kind: "mended" });
    expect(runGitIn(home, "rev-parse", "main")).toBe(head);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
    expect(readFileSync(join(home, "a.txt"), "utf8")).toBe("a\n");
  });

  test("G8c: a lock of the operator's own is waited for, and then left alone with all else, until the next act", async () => {
    runGitIn(home, "update-ref", "refs/heads/main", to);
    writeFileSync(`${checkout.index}.lock`, "theirs");
    let nowMs = 0;
    const quick = { ...clock, sleep: async () => {}, monotonicMs: () => (nowMs += 1000) };
    const mend = () => mendCheckout({ git, clock: quick, checkout, from, to, mark, landed: true });
    expect(await mend()).toEqual({ kind: "busy", lock: `${checkout.index}.lock` });
    expect(readFileSync(`${checkout.index}.lock`, "utf8")).toBe("theirs");
    expect(readFileSync(join(home, "a.txt"), "utf8")).toBe("a\n");
    rmSync(`${checkout.index}.lock`);
    expect(await mend()).toEqual(mended);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
  });

  test("is found in a linked worktree as well, and nowhere when another branch is out", async () => {
    runGitIn(home, "checkout", "-q", "next");
    expect(await findCheckout(git, git.at(home), "main")).toBeUndefined();
    runGitIn(home, "worktree", "add", "-q", join(folder.path, `linked-${count}`), "main");
    expect((await findCheckout(git, git.at(home), "main"))?.path).toBe(join(folder.path, `linked-${count}`));
  });
});
