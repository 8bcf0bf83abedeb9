import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import type { KillPoint } from "../support/kill-at.ts";
import { findLocks, findProcessesOf } from "../support/kill-mos.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { isInTurn, readSeed } from "../support/read-seed.ts";
import { runMos } from "../support/run-mos.ts";
import { awaitHalt, awaitThat, readStore, type StartedWorker, startWorker } from "../support/start-worker.ts";

interface Stopped {
  lanes: string[];
  workers: string[];
  ended: string[];
  landed: string[];
  dropped: string[];
  left: unknown[];
  daemon: boolean;
}

const folder = makeTemporaryFolder("mos-stop-");
const started: StartedWorker[] = [];
let program: BuiltProgram;
let [place, root, count] = ["", "", 0];
const repoOf = (domain: string) => join(place, "repos", domain);

const seed = readSeed();
/** The whole emergency stop is in every run; of the others a normal run takes half, as its seed says. */
const inTurn = (index: number) => test.skipIf(!isInTurn(index, { seed, of: 2 }));

/** Stands in the words of every process that the attack and the slow check start: in a box no folder of ours tells whose it is. */
const mark = `mark-${randomUUID()}`;

/** It forks, starts sessions of its own, and no signal that can be ignored ends it. */
const stubborn = [
  "trap '' INT TERM HUP QUIT",
  `for n in 1 2 3; do setsid -f sh -c ": ${mark}; trap '' INT TERM HUP; while :; do sleep 1; done"; done`,
  `(sh -c ': ${mark}; while :; do sleep 1; done') &`,
  "echo begun > b.txt",
  `: ${mark}; while :; do sleep 1; done`,
].join("\n");

beforeAll(async () => {
  program = await buildProgram("test/support/kill-at.ts");
});
beforeEach(() => {
  count += 1;
  place = join(folder.path, `w${count}`);
  mkdirSync(place);
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
  await runMos(["daemon", "stop"], { cwd: root });
});
afterAll(async () => {
  await program.remove();
  folder.remove();
});

function start(args: Parameters<typeof startWorker>[1]): StartedWorker {
  const worker = startWorker(root, args);
  started.push(worker);
  return worker;
}

const halt = (when: KillPoint["when"], step: string): StartedWorker =>
  start({ program: program.file, point: { act: "run", when, step, halts: true } });
const file = (domain: string, path: string, run: readonly string[] = [`echo ${path} > ${path}`], more = {}) =>
  fileTicket(root, { domain, title: `Write ${path}`, touches: [path], run, ...more });
const isIn = async (id: string, state: string) => (await readStore(root, (tx) => tx.tickets.get(id)))?.status.state === state;
const isMade = (path: string) =>
  awaitThat(() =>
    ["music", "jobs"].some((domain) => [1, 2].some((n) => existsSync(join(root, ".mos/slot", domain, `home/${n}/tree`, path)))),
  );

/** G11b: nothing of it runs, and nothing is half done. */
async function expectStill(): Promise<void> {
  expect([...findProcessesOf(place), ...findProcessesOf(mark)]).toEqual([]);
  const left = await readStore(root, async (tx) => ({
    leases: (await tx.leases.list()).map(({ key }) => key),
    landings: await tx.landings.list(),
    paused: (await tx.lanes.list()).map((lane) => [lane.id, lane.paused?.by, lane.paused?.reason]),
  }));
  expect(left).toMatchObject({ leases: [], landings: [] });
  expect(new Set(left.paused.map(([, by]) => by))).toEqual(new Set(["operator"]));
  for (const domain of ["music", "jobs"]) {
    expect(findLocks(join(repoOf(domain), ".git"))).toEqual([]);
    expect(runGitIn(repoOf(domain), "status", "--porcelain")).toBe("");
  }
  expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true });
}

async function goOn(landed: Readonly<Record<string, readonly string[]>>): Promise<void> {
  expect(await callMos(root, ["run"]).catch((error) => String(error))).toContain('"merged":[]');
  await callMos(root, ["lane", "resume", "--all"]);
  await callMos(root, ["run"]);
  for (const [domain, ids] of Object.entries(landed)) expect(readLanded(repoOf(domain)).sort()).toEqual([...ids].sort());
  expect(await callMos(root, ["doctor"])).toMatchObject({ grade: "A" });
}

const stopAll = async (wait = 15): Promise<Stopped & { ms: number }> => {
  const from = performance.now();
  const data = (await callMos(root, ["stop", "--all", "--wait", String(wait)])) as Stopped;
  return { ...data, ms: performance.now() - from };
};

describe.skipIf(!boxAvailable)(`G11, G11b: the emergency stop, seed ${seed}`, () => {
  test("agents, checks, two runs and the resident process: all are gone when it returns, and all goes on afterwards", async () => {
    const slow = `test:\n\t! test -e slow.txt || { touch begun.txt; sh -c ': ${mark}; sleep 300; true'; }\nlint:\n\ttrue\n`;
    root = await makeCommandWorkspace(place, ["music", "jobs"], { Makefile: slow, ".gitignore": "begun.txt\n" });
    const landed = await file("jobs", "c.txt");
    await callMos(root, ["run"]);
    const attack = await file("music", "b.txt", [`test -e /tmp/never || ! test -e a.txt || {\n${stubborn}\n}`]);
    const checked = await file("jobs", "slow.txt");
    const runs = [start(["run"]), start(["run"])];
    await callMos(root, ["daemon", "start"]);
    await isMade("b.txt");
    await isMade("begun.txt");
    await awaitThat(() => findProcessesOf(mark).length >= 6);
    const stopped = await stopAll();
    expect(stopped).toMatchObject({ lanes: ["music", "jobs", "operator"], ended: [], left: [], daemon: true });
    expect(stopped.workers.length).toBe(3);
    expect(stopped.ms).toBeLessThan(15_000);
    expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([130, 130]);
    await expectStill();
    expect([await isIn(attack, "in_progress"), await isIn(checked, "verifying")]).toEqual([true, true]);
    await callMos(root, ["ticket", "withdraw", attack]);
    await callMos(root, ["ticket", "withdraw", checked]);
    const more = await file("music", "d.txt");
    await goOn({ music: [more], jobs: [landed] });
  });

  inTurn(0)("a worker that does not react, between main and the record: ended by its mark, and its landing completed once", async () => {
    root = await makeCommandWorkspace(place, ["music", "jobs"]);
    const [first, second] = [await file("music", "b.txt"), await file("music", "c.txt")];
    const worker = halt("after", "git update-ref --stdin -m mos: land");
    await awaitHalt(worker);
    const stopped = await stopAll(1);
    expect(stopped).toMatchObject({ left: [], workers: [expect.any(String)], dropped: [] });
    expect(stopped.ended).toEqual(stopped.workers);
    expect(stopped.landed).toHaveLength(1);
    expect(await worker.ended).toBe("SIGKILL");
    await expectStill();
    expect(readLanded(repoOf("music"))).toEqual(stopped.landed);
    await goOn({ music: [first, second] });
  });

  inTurn(1)(
    "one that stands within its own transaction, with the store's only writer, and one in a command that ignores signals",
    async () => {
      root = await makeCommandWorkspace(place, ["music", "jobs"]);
      const attack = await file("music", "b.txt", [stubborn]);
      const running = start(["run", "--ticket", attack]);
      await isMade("b.txt");
      const other = await file("jobs", "c.txt");
      await awaitThat(() => findProcessesOf(mark).length >= 5);
      running.child.kill("SIGSTOP");
      const worker = start({ program: program.file, point: { act: "run", when: "before", step: "append(ticket.handed-in)", halts: true } });
      await awaitHalt(worker);
      const stopped = await stopAll(0);
      expect(stopped).toMatchObject({ left: [], dropped: [], landed: [] });
      expect(stopped.ended).toHaveLength(2);
      expect([await running.ended, await worker.ended]).toEqual(["SIGKILL", "SIGKILL"]);
      await expectStill();
      await callMos(root, ["ticket", "withdraw", attack]);
      await goOn({ jobs: [other], music: [] });
    },
  );
});

describe.skipIf(!boxAvailable)(`G11, G11a: a lane's pause while mos run goes on, seed ${seed}`, () => {
  inTurn(1)("nothing more is tested or taken; what runs is finished and waits; resumed while it runs, it lands", async () => {
    root = await makeCommandWorkspace(place, ["music", "jobs"]);
    const [first, second] = [
      await file("music", "b.txt", ["echo b > b.txt; touch begun.txt; sleep 2"], { touches: ["b.txt", "begun.txt"] }),
      await file("music", "c.txt", ["echo c > c.txt"], { dependsOn: [] }),
    ];
    const other = await file("jobs", "d.txt", ["echo d > d.txt; sleep 6"]);
    const running = start(["run", "--max-parallel", "2"]);
    await isMade("begun.txt");
    await callMos(root, ["lane", "pause", "music"]);
    await awaitThat(async () => (await readStore(root, (tx) => tx.tickets.get(first)))?.verdict !== undefined);
    expect(readLanded(repoOf("music"))).toEqual([]);
    expect(await isIn(second, "ready")).toBe(true);
    await callMos(root, ["lane", "resume", "music"]);
    expect(await running.ended).toBe(0);
    expect(readLanded(repoOf("music")).sort()).toEqual([first, second].sort());
    expect(readLanded(repoOf("jobs"))).toEqual([other]);
  });

  inTurn(0)("a landing that has its intent is finished, and no other begins", async () => {
    root = await makeCommandWorkspace(place, ["music", "jobs"]);
    // What changes the checks lands by itself, however many wait: two landings, on a slow machine too.
    const ids = [await file("music", "b.txt"), await file("music", "Makefile", ["echo '# more' >> Makefile"])];
    const running = halt("after", "store landings.put(");
    await awaitHalt(running);
    await callMos(root, ["lane", "pause", "music", "--reason", "a look"]);
    running.child.kill("SIGCONT");
    expect(await running.ended).toBe(3);
    const landed = readLanded(repoOf("music"));
    expect(landed).toHaveLength(1);
    expect(await callMos(root, ["gate", "status"])).toMatchObject({ lanes: [{ paused: { by: "operator", reason: "a look" } }, {}, {}] });
    await callMos(root, ["lane", "resume", "music"]);
    await callMos(root, ["run"]);
    expect(readLanded(repoOf("music")).sort()).toEqual(ids.sort());
    expect(readFileSync(join(repoOf("music"), "b.txt"), "utf8")).toBe("b.txt\n");
  });
});
