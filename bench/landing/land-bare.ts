import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/** The floor of one landing, in ms, by what it is made up of. */
export interface BareLanding {
  readonly ms: number;
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * What git alone needs to land one ticket, run bare one after another: no box, no store, no judgement, nothing cleaned. One
 * kept worktree is checked out in place for the work, for its verification and for the gate; main is checked out in the
 * repository itself and follows. What is written is fsynced, as Master OS's own git does it.
 *
 * @param repo  with main checked out; it is the bench's own
 */
export function createBareLander(repo: string, worktree: string) {
  const environment = { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
  const settings = ["-c", "core.fsync=committed", "-c", "gc.auto=0", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"];
  const git = (cwd: string, args: readonly string[], input = ""): string =>
    execFileSync("git", [...settings, ...args], {
      cwd,
      input,
      env: environment,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
      maxBuffer: 1 << 28,
    }).trim();
  const time = <T>(work: () => T): { ms: number; value: T } => {
    const from = performance.now();
    const value = work();
    return { ms: performance.now() - from, value };
  };
  git(repo, ["worktree", "add", "-q", "--detach", worktree, "refs/heads/main"]);

  const land = (index: number, receiptBytes: number): BareLanding => {
    const parts: Record<string, number> = {};
    const step = (name: string, cwd: string, args: readonly string[], input?: string): string => {
      const { ms, value } = time(() => git(cwd, args, input));
      parts[name] = (parts[name] ?? 0) + ms;
      return value;
    };
    const main = git(repo, ["rev-parse", "refs/heads/main"]);
    step("checkout", worktree, ["checkout", "-q", "--detach", main]);
    writeFileSync(join(worktree, `bare-${index}.txt`), `${index}\n`);
    step("add", worktree, ["add", "-A"]);
    const tree = step("write-tree", worktree, ["write-tree"]);
    const head = step("commit-tree", worktree, ["commit-tree", tree, "-p", main, "-m", "work"]);
    step("checkout", worktree, ["checkout", "-q", "--detach", head]);
    const merged = step("merge-tree", repo, ["merge-tree", "--write-tree", main, head]);
    step("diff-tree", repo, ["diff-tree", "-r", "--raw", main, merged]);
    const landing = step("commit-tree", repo, ["commit-tree", merged, "-p", main, "-p", head, "-m", "landing"]);
    step("checkout", worktree, ["checkout", "-q", "--detach", landing]);
    const receipt = step("hash-object", repo, ["hash-object", "-w", "--stdin"], `${index}${" ".repeat(receiptBytes)}\n`);
    const rows = [
      "start",
      `update refs/heads/main ${landing} ${main}`,
      `create refs/mos/receipts/${landing} ${receipt}`,
      "prepare",
      "commit",
      "",
    ];
    step("update-ref", repo, ["update-ref", "--stdin"], rows.join("\n"));
    step("read-tree", repo, ["read-tree", "-m", "-u", main, landing]);
    return { ms: Object.values(parts).reduce((sum, ms) => sum + ms, 0), parts };
  };

  /** The floor that is easy to beat: a worktree made for the ticket, and deleted after it. */
  const addWorktree = (index: number): { addMs: number; removeMs: number } => {
    const fresh = `${worktree}-fresh-${index}`;
    const { ms: addMs } = time(() => git(repo, ["worktree", "add", "-q", "--detach", fresh, "refs/heads/main"]));
    const { ms: removeMs } = time(() => git(repo, ["worktree", "remove", "--force", fresh]));
    rmSync(fresh, { recursive: true, force: true });
    return { addMs, removeMs };
  };
  return { land, addWorktree };
}
