import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGit } from "../../src/adapter/git/git.ts";
import { makeDemo, makeDemoRepository, readDemoPlan } from "../../src/app/make-demo.ts";
import { composeTools, composeWorld } from "../../src/entry/compose.ts";
import { createFixedClock } from "../support/fixed-clock.ts";

const contentDir = join(import.meta.dirname, "../../demo");
const today = "2026-11-23";
const plan = await readDemoPlan(contentDir);
const git = createGit(process.env);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mos-demo-content-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const make = (name: string, dir: string) => makeDemoRepository({ git, dir, historyFile: join(contentDir, name, "history.yaml"), today });

test("the demo has seven domains, of which trading is sealed", () => {
  expect(plan.domains.map((domain) => domain.name)).toHaveLength(7);
  expect(plan.domains.filter((domain) => domain.sealed).map((domain) => domain.name)).toEqual(["trading"]);
});

describe.each(plan.domains)("$name", ({ name }) => {
  test("is a repository with months of history, clean, with an identity of its own", async () => {
    const dir = join(folder, name);
    await make(name, dir);
    const repo = git.at(dir);
    const commits = await repo.log("main");
    expect(commits.length).toBeGreaterThanOrEqual(30);
    expect(
      commits.filter((commit) => !/^(feat|fix|docs|chore|refactor|test|perf|build|ci|style)(\([a-z-]+\))?: \S/.test(commit.subject)),
    ).toEqual([]);
    const days = (Date.parse(commits[0]?.at ?? "") - Date.parse(commits.at(-1)?.at ?? "")) / 86_400_000;
    expect(days).toBeGreaterThan(90);
    expect(Date.parse(commits[0]?.at ?? "")).toBeLessThan(Date.parse(today));
    expect(await repo.identity()).toEqual({ name: "Demo Operator", email: "demo@example.invalid" });
    expect(await repo.localEdits()).toEqual({ staged: [], unstaged: [], untracked: [] });
    expect((await execa("git", ["fsck", "--strict"], { cwd: dir })).exitCode).toBe(0);
  });

  test("is the same repository each time it is made on one day", async () => {
    const dir = join(folder, `${name}-again`);
    await make(name, dir);
    expect(await git.at(dir).resolve("main")).toBe(await git.at(join(folder, name)).resolve("main"));
  });
});

test("a demo that is made for another day has no commit of this one: not of its histories, nor of what Master OS adds", async () => {
  const dir = join(folder, "whole");
  await makeDemo({
    ...{ dir, contentDir, git: composeTools().git, clock: createFixedClock("2026-11-02T08:00:00.000Z") },
    open: async (start) => {
      const made = await composeWorld({ start, exact: true, report: () => undefined, signal: new AbortController().signal });
      const { workspace, store } = made.world;
      return { workspace, store, git: made.world.git, configFile: made.configFile, close: made.close };
    },
  });
  for (const name of ["operator", ...plan.domains.map((domain) => domain.name)]) {
    const { stdout } = await execa("git", ["log", "--all", "--format=%cs %as"], { cwd: join(dir, name) });
    const days = stdout.split(/\s+/).toSorted();
    if (name === "operator") expect(days).toEqual(["2026-11-02", "2026-11-02"]);
    expect(days.at(-1)?.localeCompare("2026-11-02"), `${name}: ${days.at(-1)}`).toBeLessThanOrEqual(0);
  }
});
