import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSystemClock } from "../../src/adapter/clock/system-clock.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import type { AgentRun } from "../../src/contract/agent.ts";
import type { ModelScript } from "../../src/contract/model-script.ts";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import { createRandom, findLocks, findProcessesOf, relocate, runAndKill } from "../support/kill-mos.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readSeed, scaleRuns } from "../support/read-seed.ts";

const folder = makeTemporaryFolder("mos-kill-role-");
const domains = ["music", "jobs"];
const paths = ["b.txt", "c.txt"];
const pathsOf = { music: paths, jobs: paths.slice(0, 1) };
const firstSeed = readSeed();
const seeds = Array.from({ length: scaleRuns({ short: 4, long: 30 }) }, (_, index) => firstSeed + index);
/** What each role asks of the model when nothing disturbs it: its turns, and no more. */
const turnsOf = { executor: 4, verifier: 2 };

/** The verifier's part alone has this title; a ticket's own words never reach its conversation first. */
const verifies = "What was changed";
const answer = (name: string, input: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  tools: [{ name, input }],
  ...more,
});
const script: Partial<ModelScript> & { routes: unknown[] } = {
  routes: [
    {
      match: verifies,
      turns: [
        answer("run", { command: "sleep 0.2; ls" }, { hangMs: 150 }),
        answer("hand_in", { outcome: "pass", points: [{ point: "it is there", pass: true, evidence: "ls shows it" }] }, { hangMs: 150 }),
      ],
    },
    ...paths.map((path) => ({
      match: `Write ${path}`,
      turns: [
        answer("read", { path: "a.txt" }, { hangMs: 150 }),
        answer("write", { path, content: `written in ${path}\n` }, { hangMs: 100 }),
        answer("run", { command: "sleep 0.3; ls" }, { hangMs: 100 }),
        answer("hand_in", { outcome: "done", summary: `wrote ${path}` }, { hangMs: 150 }),
      ],
    })),
  ] as never,
};

let model: ScriptedModel;
let tickets: string[] = [];
afterAll(async () => {
  await model?.close();
  folder.remove();
});

describe.skipIf(!boxAvailable)("I7: kill -9 while a model executes or verifies, then another run", () => {
  const template = join(folder.path, "template");

  beforeAll(async () => {
    model = await startScriptedModel({ script: script as never });
    mkdirSync(template, { recursive: true });
    const root = await makeCommandWorkspace(template, domains);
    const file = join(root, "mos.yaml");
    const runtime = { kind: "model", provider: "anthropic", model: "scripted", baseUrl: `${model.url}/v1` };
    const roles = { executor: { runtime: "local" }, verifier: { runtime: "local" } };
    writeFileSync(
      file,
      `${readFileSync(file, "utf8")}\nruntimes: ${JSON.stringify({ local: runtime })}\nroles: ${JSON.stringify(roles)}\n`,
    );
    for (const domain of domains)
      for (const path of pathsOf[domain as keyof typeof pathsOf])
        tickets.push(
          await fileTicket(root, { domain, title: `Write ${path}`, touches: [path], runtime: "local", accept: [`test -s ${path}`] }),
        );
    tickets = tickets.sort();
  });

  test.each(seeds)("seed %i: taken over and landed once, no process left, and no cost counted twice", async (seed) => {
    const random = createRandom(seed);
    const copy = join(folder.path, `seed-${seed}`);
    cpSync(template, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    const root = join(copy, "os");
    relocate(root, template, copy);
    const before = model.requests().length;
    for (let kills = 1 + Math.floor(random() * 3); kills > 0; kills -= 1) {
      const phase = random() < 0.5 ? "execute" : "verify";
      const [count, afterMs] = [1 + Math.floor(random() * 4), random() * 700];
      const reach = random() < 0.5 ? "all" : "program";
      const from = model.requests().length;
      await runAndKill(root, { moment: (ended) => awaitMoment({ from, phase, count, afterMs }, ended), reach });
      await awaitNobody(copy);
    }
    const last = (await callMos(root, ["run"])) as { blocked: string[]; waiting: unknown[]; paused: unknown[] };
    expect(last).toMatchObject({ blocked: [], waiting: [], paused: [] });
    const list = (await callMos(root, ["ticket", "list"])) as { id: string; state: string }[];
    expect(list.map(({ id, state }) => `${id} ${state}`).sort()).toEqual(tickets.map((id) => `${id} merged`));
    const landed: string[] = [];
    for (const domain of domains) {
      const repo = join(copy, "repos", domain);
      landed.push(...readLanded(repo));
      for (const path of pathsOf[domain as keyof typeof pathsOf])
        expect(readFileSync(join(repo, path), "utf8")).toBe(`written in ${path}\n`);
      expect(runGitIn(repo, "status", "--porcelain")).toBe("");
      expect(findLocks(join(repo, ".git"))).toEqual([]);
      expect(runGitIn(repo, "fsck", "--no-dangling")).toBe("");
    }
    expect(landed.sort()).toEqual(tickets);
    await awaitNobody(copy);
    expectCosts(await readRuns(root), model.requests().length - before);
    expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true });
    expect(await callMos(root, ["doctor"])).toMatchObject({ grade: "A", passed: 19 });
  });
});

/** The model was asked so often in that phase of this run, and a little later. */
async function awaitMoment(
  at: { from: number; phase: "execute" | "verify"; count: number; afterMs: number },
  ended: AbortSignal,
): Promise<void> {
  const seen = () =>
    model
      .requests()
      .slice(at.from)
      .filter(({ route }) => (route === verifies) === (at.phase === "verify")).length;
  while (!ended.aborted && seen() < at.count) await delay(15);
  await delay(at.afterMs, undefined, { signal: ended }).catch(() => undefined);
}

/** What dies with its parent is gone soon; nothing else is there to be found. */
async function awaitNobody(place: string): Promise<void> {
  for (let tries = 0; tries < 60 && findProcessesOf(place).length > 0; tries += 1) await delay(50);
  expect(findProcessesOf(place)).toEqual([]);
}

async function readRuns(root: string): Promise<AgentRun[]> {
  const store = await openStore({ file: join(root, ".mos/store.db"), clock: createSystemClock(), create: false });
  try {
    return await store.read((tx) => tx.agentRuns.list());
  } finally {
    await store.close();
  }
}

/** A row a run, each closed once; together they count no request that the model has not seen. */
function expectCosts(runs: readonly AgentRun[], asked: number): void {
  expect(runs.filter(({ state }) => state === "running")).toEqual([]);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(runs.length);
  const counted = runs.reduce((sum, { usage }) => sum + usage.requests, 0);
  expect(counted).toBeLessThanOrEqual(asked);
  for (const role of ["executor", "verifier"] as const) {
    const done = runs.filter((run) => run.role === role && run.state === "done");
    for (const { usage } of done) expect(usage).toMatchObject({ requests: turnsOf[role], inputTokens: 10 * turnsOf[role] });
    for (const id of tickets) expect(done.some(({ ticket }) => ticket === id)).toBe(true);
    expect(new Set(done.map(({ ticket, epoch }) => `${ticket}/${epoch}`)).size).toBe(done.length);
  }
  for (const lost of runs.filter(({ state }) => state !== "done")) expect(lost.usage.requests).toBeLessThanOrEqual(4);
}
