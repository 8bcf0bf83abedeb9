import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import { createRandom, findLocks, relocate, runAndKill } from "../support/kill-mos.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readSeed, scaleRuns } from "../support/read-seed.ts";

const folder = makeTemporaryFolder("mos-kill-");
const domains = ["music", "jobs", "artist"];
const firstSeed = readSeed();
const seeds = Array.from({ length: scaleRuns({ short: 4, long: 50 }) }, (_, index) => firstSeed + index);
let tickets: string[] = [];

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
    for (let kills = 1 + Math.floor(random() * 3); kills > 0; kills -= 1) {
      const afterMs = 300 + random() * 6000;
      await runAndKill(root, { moment: (signal) => waitFor(afterMs, signal), reach: random() < 0.5 ? "all" : "program" });
    }
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

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
