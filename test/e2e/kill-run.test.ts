import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readSeed, scaleRuns } from "../support/read-seed.ts";

const folder = makeTemporaryFolder("mos-kill-");
const domains = ["music", "jobs", "artist"];
const program = join(import.meta.dirname, "../../dist/mos.mjs");
const firstSeed = readSeed();
const seeds = Array.from({ length: scaleRuns({ short: 4, long: 50 }) }, (_, index) => firstSeed + index);
let tickets: string[] = [];

/** Numbers in [0, 1) from a seed: mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

afterAll(folder.remove);

describe.skipIf(!boxAvailable)("I7: kill -9 of mos run, then another run", () => {
  const template = join(folder.path, "template");

  beforeAll(async () => {
    const root = await makeCommandWorkspace(makeFolder(template), domains);
    for (const domain of domains) {
      for (const [index, path] of ["b.txt", "c.txt", "d.txt", "b.txt"].entries()) {
        tickets.push(
          await fileTicket(root, {
            domain,
            title: `Write ${path} ${index}`,
            touches: [path],
            run: [`sleep 0.1; echo ${index} >> ${path}`],
            accept: [`test -s ${path}`],
          }),
        );
      }
    }
    tickets = [...tickets].sort();
  });

  test.each(seeds)("seed %i: all merged exactly once, and nothing is left", async (seed) => {
    const random = createRandom(seed);
    const copy = join(folder.path, `seed-${seed}`);
    cpSync(template, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    const root = join(copy, "os");
    relocate(root, template, copy);
    for (let kills = 1 + Math.floor(random() * 3); kills > 0; kills -= 1) await runAndKill(root, 300 + random() * 6000, random() < 0.5);
    const last = (await callMos(root, ["run"])) as { blocked: string[]; paused: unknown[] };
    expect(last).toMatchObject({ blocked: [], paused: [] });
    const list = (await callMos(root, ["ticket", "list"])) as { id: string; state: string }[];
    expect(list.map(({ id, state }) => `${id} ${state}`).sort()).toEqual(tickets.map((id) => `${id} merged`));
    const landed: string[] = [];
    for (const domain of domains) {
      const repo = join(copy, "repos", domain);
      landed.push(...readLanded(repo));
      expect(readFileSync(join(repo, "b.txt"), "utf8")).toBe("0\n3\n");
      expect(runGitIn(repo, "status", "--porcelain")).toBe("");
      expect(runGitIn(repo, "worktree", "list", "--porcelain").match(/^worktree /gm)).toHaveLength(1);
      expect(findLocks(join(repo, ".git"))).toEqual([]);
      expect(runGitIn(repo, "fsck", "--no-dangling")).toBe("");
    }
    expect(landed.sort()).toEqual(tickets);
    expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true });
    expect(await callMos(root, ["doctor"])).toMatchObject({ grade: "A", passed: 19 });
  });
});

function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}

/** The copy's repositories are its own: mos.yaml names them by path. */
function relocate(root: string, from: string, to: string): void {
  const file = join(root, "mos.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
}

/** @param group  the whole process group dies, git and boxes too; else the program alone */
async function runAndKill(root: string, afterMs: number, group: boolean): Promise<void> {
  const child = spawn(process.execPath, [program, "run", "--json", "--no-input", "--max-parallel", "3"], {
    cwd: root,
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env.PATH, HOME: root },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const timer = setTimeout(() => {
    if (child.pid === undefined || child.exitCode !== null) return;
    process.kill(group ? -child.pid : child.pid, "SIGKILL");
  }, afterMs);
  await ended;
  clearTimeout(timer);
}

function findLocks(gitDir: string): string[] {
  if (!existsSync(gitDir)) return [];
  return readdirSync(gitDir, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".lock"));
}
