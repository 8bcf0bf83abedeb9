import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { Receipt } from "../../src/contract/run.ts";
import { runGitIn } from "./make-repository.ts";

export interface Landed {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly tree: string;
  /** Its own; a commit inside a range that was adopted has none. */
  readonly receipt?: Receipt;
  /** That of the range which it lies in, or its own. */
  readonly coveredBy?: string;
}

/** Main's first-parent commits since the baseline, oldest first, each with the receipt that vouches for it. */
export function readMain(repo: string, baseline: string): Landed[] {
  const text = runGitIn(repo, "log", "--first-parent", "--reverse", "--format=%H %T %P", `${baseline}..main`);
  const refs = new Map(
    runGitIn(repo, "for-each-ref", "--format=%(refname:lstrip=3) %(objectname)", "refs/mos/receipts")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" ") as [string, string]),
  );
  const all: Landed[] = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [commit = "", tree = "", ...parents] = line.split(" ");
      const blob = refs.get(commit);
      const receipt = blob === undefined ? undefined : Receipt.parse(JSON.parse(runGitIn(repo, "cat-file", "blob", blob)));
      return { commit, tree, parents, ...(receipt ? { receipt } : {}) };
    });
  return all.map((one, at) => {
    const cover = one.receipt ? one : all.slice(at).find(({ receipt }) => receipt);
    const from = cover?.receipt?.from;
    const isIn = cover === one || (from !== undefined && (from === baseline || all.findIndex(({ commit }) => commit === from) < at));
    return cover && isIn ? { ...one, coveredBy: cover.commit } : one;
  });
}

const triesMax = 6;

/**
 * Whether the suite of a commit is green, run as the repository's Makefile says, outside of Master OS. Chance fails 3.1 % of the
 * runs, so a red one is tried again: that chance alone fails all of them is less likely than 1 in 10⁹.
 */
export function isCommitGreen(repo: string, commit: string, folder: string): { green: boolean; said: string } {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-x", "-C", folder], { input: execFileSync("git", ["archive", commit], { cwd: repo, maxBuffer: 1e9 }) });
  return isTreeGreen(folder);
}

export function isTreeGreen(folder: string): { green: boolean; said: string } {
  let said = "";
  for (let tries = 0; tries < triesMax; tries += 1) {
    const run = spawnSync("make", ["lint", "test"], { cwd: folder, encoding: "utf8" });
    said = `${run.stdout}${run.stderr}`;
    if (run.status === 0) return { green: true, said };
    if (!said.includes("a fluke")) return { green: false, said };
  }
  return { green: false, said };
}

/** What is wrong with a main, in words; nothing where every landing is one that its receipt vouches for. */
export function findFaults(repo: string, baseline: string, landed: readonly Landed[]): string[] {
  const faults: string[] = [];
  const seen = new Map<string, string>();
  for (const [at, { commit, parents, tree, receipt, coveredBy }] of landed.entries()) {
    const short = commit.slice(0, 10);
    if (coveredBy === undefined) faults.push(`${short} has no receipt`);
    if (!receipt) continue;
    const before = at === 0 ? baseline : landed[at - 1]?.commit;
    if (parents[0] !== before) faults.push(`${short} does not stand on ${before}`);
    if (receipt.commit !== commit || receipt.id !== commit) faults.push(`${short} has the receipt of ${receipt.commit}`);
    if (receipt.tree !== tree) faults.push(`${short} has another tree than was tested`);
    if (receipt.from === undefined && receipt.base !== before) faults.push(`${short} was tested on ${receipt.base}, not on ${before}`);
    if (receipt.checks.length < 2) faults.push(`${short} was landed by ${receipt.checks.length} checks`);
    if (receipt.checks.some(({ exitCode }) => exitCode !== 0)) faults.push(`${short} landed with a red check`);
    for (const ticket of receipt.tickets) {
      const other = seen.get(ticket);
      if (other !== undefined) faults.push(`${ticket} landed twice: ${other} and ${short}`);
      seen.set(ticket, short);
      const head = receipt.heads[ticket];
      const isIn = head !== undefined && spawnSync("git", ["merge-base", "--is-ancestor", head, commit], { cwd: repo }).status === 0;
      if (!isIn) faults.push(`${ticket}: its head ${head} does not lie behind ${short}`);
    }
  }
  return faults;
}
