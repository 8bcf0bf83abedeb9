import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/** The floor of one landing, in ms. */
export interface BareLanding {
  /** The git commands that Master OS runs for it, each as often. */
  readonly ms: number;
  /** Of these, the fewest that could land it: no look at what a check left, none at the operator's edits, nothing carried over. */
  readonly leastMs: number;
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * The git commands with which Master OS lands one ticket, run bare one after another: no box, no store, no judgement, nothing
 * cleaned. One kept worktree is checked out in place for the work, for its verification and for the gate, and looked at after
 * each of two checks; its work is packed there and unpacked in the repository, where main is checked out and follows. What is
 * written is fsynced, as Master OS's own git does it. Left out are the doctor's commands and the verifier's.
 *
 * @param repo  with main checked out; it is the bench's own
 */
export function createBareLander(repo: string, worktree: string) {
  const environment = { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
  const settings = ["-c", "core.fsync=committed", "-c", "gc.auto=0", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"];
  const git = (cwd: string, args: readonly string[], input: string | Buffer = ""): Buffer =>
    execFileSync("git", [...settings, ...args], {
      cwd,
      input,
      env: environment,
      stdio: ["pipe", "pipe", "ignore"],
      maxBuffer: 1 << 28,
    });
  const time = <T>(work: () => T): { ms: number; value: T } => {
    const from = performance.now();
    const value = work();
    return { ms: performance.now() - from, value };
  };
  git(repo, ["worktree", "add", "-q", "--detach", worktree, "refs/heads/main"]);

  const land = (index: number, receiptBytes: number): BareLanding => {
    const parts: Record<string, number> = {};
    let leastMs = 0;
    const run = (name: string, cwd: string, args: readonly string[], input?: string | Buffer): Buffer => {
      const { ms, value } = time(() => git(cwd, args, input));
      parts[name] = (parts[name] ?? 0) + ms;
      return value;
    };
    /** What no landing can do without. */
    const need = (...args: Parameters<typeof run>): string => {
      const [name] = args;
      const before = parts[name] ?? 0;
      const said = run(...args)
        .toString("utf8")
        .trim();
      leastMs += (parts[name] as number) - before;
      return said;
    };
    const main = git(repo, ["rev-parse", "refs/heads/main"]).toString("utf8").trim();
    need("checkout", worktree, ["checkout", "-q", "--detach", main]);
    writeFileSync(join(worktree, `bare-${index}.txt`), `${index}\n`);
    need("add", worktree, ["add", "-A"]);
    const tree = need("write-tree", worktree, ["write-tree"]);
    run("config", repo, ["config", "-z", "--get-regexp", "^user\\.(name|email)$"]);
    const head = need("commit-tree", worktree, ["commit-tree", tree, "-p", main, "-m", "work"]);
    const pack = run(
      "pack-objects",
      worktree,
      ["pack-objects", "--thin", "--revs", "--delta-base-offset", "-q", "--stdout"],
      `${head}\n^${main}\n`,
    );
    run("unpack-objects", repo, ["unpack-objects", "-q", "--strict"], pack);
    run("update-ref", repo, ["update-ref", "--stdin"], `create refs/mos/work/bare-${index} ${head}\n`);
    run("diff-tree", repo, ["diff-tree", "-r", "-z", "--no-renames", "--raw", main, head]);
    need("checkout", worktree, ["checkout", "-q", "--detach", head]);
    const merged = need("merge-tree", repo, ["merge-tree", "--write-tree", main, head]);
    need("diff-tree", repo, ["diff-tree", "-r", "--raw", main, merged]);
    const landing = need("commit-tree", repo, ["commit-tree", merged, "-p", main, "-p", head, "-m", "landing"]);
    need("checkout", worktree, ["checkout", "-q", "--detach", landing]);
    for (let check = 0; check < 2; check += 1) run("diff-files", worktree, ["diff-files", "--name-only", "--ignore-submodules"]);
    run("worktree", repo, ["worktree", "list", "--porcelain", "-z"]);
    run("rev-parse", repo, ["rev-parse", "--git-path", "index"]);
    const receipt = need("hash-object", repo, ["hash-object", "-w", "--stdin"], `${index}${" ".repeat(receiptBytes)}\n`);
    run("read-tree", repo, ["read-tree", "--dry-run", "-m", "-u", main, landing]);
    const rows = [
      "start",
      `update refs/heads/main ${landing} ${main}`,
      `create refs/mos/receipts/${landing} ${receipt}`,
      "prepare",
      "commit",
      "",
    ];
    need("update-ref", repo, ["update-ref", "--stdin"], rows.join("\n"));
    need("read-tree", repo, ["read-tree", "-m", "-u", main, landing]);
    return { ms: Object.values(parts).reduce((sum, ms) => sum + ms, 0), leastMs, parts };
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
