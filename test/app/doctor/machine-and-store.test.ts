import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMachineHost } from "../../../src/adapter/host/machine-host.ts";
import { isProcessAlive } from "../../../src/adapter/process/identify-process.ts";
import { diagnose, repair } from "../../../src/app/diagnose.ts";
import { AgentRun } from "../../../src/contract/agent.ts";
import type { World } from "../../../src/port/world.ts";
import { readLocalDay } from "../../../src/stage/scout/local-day.ts";
import { editDomains, editStore, expectOnly, expectSound } from "../../support/expect-health.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";
import { samples } from "../../support/sample-records.ts";

const files = { "check.sh": "true\n", "a.txt": "a\n" };
const host = createMachineHost();
let opened: OpenedWorld;
let world: World;

beforeAll(async () => {
  opened = await openWorld({ music: { prefix: "MUS", files }, jobs: { prefix: "JOB", files } });
  world = opened.world;
  await opened.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
});
afterAll(() => opened.remove());

function withGit(version: string): World {
  return { ...world, git: { ...world.git, version: async () => version } };
}

describe.skipIf(!boxAvailable)("the doctor on the machine, the configuration and the store", () => {
  test("D1: git or Node too old", async () => {
    await expectOnly(withGit("2.37.9"), { id: "git-and-node", reason: /git is 2\.37\.9, older than 2\.38/, fix: /apt-get install git/ });
    await expectSound(withGit("2.39.5 (Apple Git-154)"));
    await expectSound(withGit("3.0.0"));
    const old = { host: { ...host, nodeVersion: () => "20.9.0" } };
    await expectOnly(world, { id: "git-and-node", reason: /Node is 20\.9\.0, older than 20\.20/, fix: /Install Node 20\.20/ }, old);
    await expectSound(world, { host: { ...host, nodeVersion: () => "22.1.0" } });
  });

  test("D2: a standing decision for what is no playbook costs that domain alone; a broken or doubled mos.yaml all", async () => {
    const standing = [{ playbook: "tidy-up", option: "mend", reason: "always" }];
    const wrong = editDomains(world, (domain) => (domain.name === "jobs" ? { ...domain, standing } : domain));
    const fix = /domains\.jobs\.standing in mos\.yaml/;
    await expectOnly(wrong, { id: "configuration", domain: "jobs", reason: /jobs: standing decision for tidy-up/, fix });
    const twice = editDomains(world, (domain) => (domain.name === "jobs" ? { ...domain, prefix: "MUS" } : domain));
    await expectOnly(twice, { id: "configuration", reason: /music and jobs share the ticket prefix MUS/, fix: /prefix of its own/ });
    const { MosError } = await import("../../../src/contract/error.ts");
    const load = () => Promise.reject(new MosError({ code: "config-invalid", message: "mos.yaml:3:1: no", hint: "Correct line 3." }));
    await expectOnly(world, { id: "configuration", reason: /mos\.yaml:3:1/, fix: /Correct line 3/ }, { configFile: { load } });
    await expectSound(world, { configFile: { load: async () => world.workspace } });
  });

  test("D3: a damaged index of the store", async () => {
    await world.store.write((tx) => tx.candidates.put(samples.plain.candidates.row));
    const sql = "select sql from sqlite_schema where name = 'candidates_by_status'";
    editStore(
      opened.root,
      "pragma writable_schema = on",
      // The index now speaks of another column than it was filled from.
      `update sqlite_schema set sql = replace((${sql}), '"status"', '"domain"') where name = 'candidates_by_status'`,
      "pragma writable_schema = reset",
    );
    await expectOnly(world, { id: "store-integrity", reason: /candidates_by_status/, fix: /mos stop --all.*restore/, grade: "F" });
    editStore(opened.root, "reindex candidates_by_status");
    await expectSound(world);
  });

  test("D3: a record that no schema knows", async () => {
    editStore(opened.root, "update candidates set body = json_set(body, '$.confidence', 'total')");
    await expectOnly(world, { id: "store-integrity", reason: /candidates/, fix: /restore/, grade: "F" });
    editStore(opened.root, "delete from candidates");
    await expectSound(world);
  });

  test("D4: an event that was changed, and one that was taken out", async () => {
    editStore(
      opened.root,
      "create table kept as select * from events",
      "update events set body = replace(body, 'ready', 'eaten') where seq = 2",
    );
    await expectOnly(world, { id: "log-chain", reason: /broken at event 2/, fix: /mos log verify/, grade: "F" });
    editStore(opened.root, "delete from events where seq = 2");
    await expectOnly(world, { id: "log-chain", reason: /broken at event 2/, fix: /restore the last good copy/, grade: "F" });
    editStore(opened.root, "delete from events", "insert into events select * from kept", "drop table kept");
    await expectSound(world);
  });

  test("D8: a lease of a dead process, which --fix gives back, and --dry-run only names", async () => {
    const ended = spawnSync("true").pid;
    const [machine] = [world.worker.process.slice(0, world.worker.process.lastIndexOf("/"))];
    const lease = { key: "ticket:MUS-1", owner: "gone", pid: ended, process: `${machine}/1`, epoch: 1, beat: 0 };
    expect(isProcessAlive(lease)).toBe(false);
    await world.store.write((tx) => tx.leases.put(lease));
    await expectOnly(world, { id: "leases", domain: "music", reason: /ticket:MUS-1/, fix: /mos doctor --fix/ });
    expect(await repair(world, { host, dryRun: true })).toEqual([{ id: "leases", done: "would give back ticket:MUS-1" }]);
    await expectOnly(world, { id: "leases", domain: "music", reason: /ticket:MUS-1/, fix: /mos run/ });
    expect(await repair(world, { host, dryRun: false })).toEqual([{ id: "leases", done: "gave back ticket:MUS-1" }]);
    await expectSound(world);
  });

  test("D8: the lease of a worker that lives is no finding", async () => {
    const { id: owner, pid, process } = world.worker;
    await world.store.write((tx) => tx.leases.put({ key: "lane:jobs", owner, pid, process, epoch: 1, beat: 0 }));
    await expectSound(world);
    await world.store.write((tx) => tx.leases.remove("lane:jobs"));
  });

  test("D9: a ticket that was pushed to a state by hand", async () => {
    editStore(
      opened.root,
      `update tickets set state = 'in_progress', body = json_set(body, '$.status.state', 'in_progress') where id = 'MUS-1'`,
    );
    const fix = /mos log --ticket MUS-1/;
    await expectOnly(world, { id: "ticket-invariants", domain: "music", reason: /MUS-1 \(T5\): is in_progress after 0 attempts/, fix });
    editStore(opened.root, `update tickets set state = 'ready', body = json_set(body, '$.status.state', 'ready') where id = 'MUS-1'`);
    await expectSound(world);
  });

  test("D11: a box that cannot be had, and one that does not hold", async () => {
    for (const reason of ["bwrap: not found", "it does not hold: root-writable"]) {
      const box = { ...world.box, probe: async () => ({ ok: false as const, reason, remedy: "Install bubblewrap." }) };
      await expectOnly({ ...world, box }, { id: "sandbox", reason: new RegExp(reason), fix: /Install bubblewrap/ });
    }
    await expectSound(world);
  });

  test("D12, D13: what a client in use lacks is held against the domains that use it; one that is not installed is named", async () => {
    const good = { ok: true as const, reason: "current" };
    const bad = (reason: string) => ({ ok: false as const, reason, fix: "mos guard install" });
    const using = editDomains(world, (domain) => (domain.name === "jobs" ? { ...domain, runtime: "codex" } : domain));
    const withClient = (guards: typeof good | ReturnType<typeof bad>, capabilities: typeof guards): World => {
      const client = { guards: async () => guards, capabilities: async () => capabilities };
      const codex = { name: "codex", client, ready: async () => good, play: async () => expect.fail("the doctor plays no role") };
      return { ...using, roleRuntimes: { ...world.roleRuntimes, codex } as unknown as World["roleRuntimes"] };
    };
    await expectOnly(withClient(bad("its hook is not there"), good), {
      id: "guards",
      domain: "jobs",
      reason: /codex: its hook is not there/,
      fix: /mos guard install/,
    });
    await expectOnly(withClient(good, bad("seen of 1.0, and 1.1 is installed")), {
      id: "capabilities",
      domain: "jobs",
      reason: /codex: seen of 1\.0/,
      fix: /mos guard/,
    });
    await expectSound(withClient(good, good));
    const { checks } = await diagnose(using, { host });
    expect(checks.find((check) => check.id === "guards")).toMatchObject({
      ok: true,
      reason: expect.stringContaining("not installed: codex"),
    });
    const built = { ...world, runtimes: {} };
    expect((await diagnose(built, { host })).checks.filter((check) => !check.ok).map((check) => check.id)).toEqual(["capabilities"]);
  });

  test("D17: an artifact that its domain's rhythm has passed over twice", async () => {
    const artifact = { ...samples.plain.artifacts.row, id: "ticket:JOB-9", domain: "jobs" };
    const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3_600_000).toISOString();
    await world.store.write((tx) => tx.artifacts.put({ ...artifact, at: daysAgo(0.5) }));
    await expectSound(world);
    await world.store.write((tx) => tx.artifacts.put({ ...artifact, at: daysAgo(3) }));
    await expectOnly(world, { id: "distillation", domain: "jobs", reason: /1 ticket was passed over/, fix: /^mos distill --domain jobs$/ });
    const monthly = { scout: "0 7 * * *", distill: "0 20 1 * *", maxAgeHours: 24 };
    await expectSound(editDomains(world, (domain) => ({ ...domain, rhythm: monthly })));
    await world.store.write((tx) => tx.artifacts.put({ ...artifact, at: daysAgo(3), distilledAt: daysAgo(1) }));
    await expectSound(world);
  });

  test("D18: model calls beyond the budget of a day", async () => {
    const session = { ...samples.plain.sessions.row, id: "s1", startedAt: new Date().toISOString(), modelCalls: 3 };
    await world.store.write((tx) => tx.sessions.put(session));
    await expectOnly(world, { id: "budgets", reason: /3 model calls.*s1.*budget is 0/, fix: /limits\.modelCallsPerDay in mos\.yaml/ });
    const { workspace } = world;
    const config = { ...workspace.config, limits: { ...workspace.config.limits, modelCallsPerDay: 3 } };
    await expectSound({ ...world, workspace: { ...workspace, config } });
    await world.store.write((tx) => tx.sessions.put({ ...session, startedAt: "2026-01-01T00:00:00.000Z" }));
    await expectSound(world);
  });

  test("D18: what a run accounts for is no fault, and more of it than the budget of a day is", async () => {
    const now = new Date().toISOString();
    const session = { ...samples.plain.sessions.row, id: "s1", startedAt: now, modelCalls: 3 };
    const ofSession = { session: "s1", state: "done", startedAt: now, day: readLocalDay(now), usage: { requests: 3 } };
    const run = AgentRun.parse({ ...samples.plain.agentRuns.row, ...ofSession });
    await world.store.write(async (tx) => {
      await tx.sessions.put(session);
      await tx.agentRuns.put(run);
    });
    await expectSound(world);
    const { workspace } = world;
    const bound = { ...workspace, config: { ...workspace.config, limits: { ...workspace.config.limits, modelCallsPerDay: 2 } } };
    await expectOnly({ ...world, workspace: bound }, { id: "budgets", reason: /3 model calls.*budget is 2/, fix: /modelCallsPerDay/ });
    await world.store.write(async (tx) => {
      await tx.agentRuns.remove(run.id);
      await tx.sessions.remove("s1");
    });
  });

  test.for([5, 200])("D18: a session that began %d days ago is accounted for by its runs of then", async (ago) => {
    const then = new Date(Date.now() - ago * 24 * 3_600_000).toISOString();
    const ofThen = { session: "s1", state: "done", startedAt: then, endedAt: then, day: readLocalDay(then), usage: { requests: 3 } };
    const run = AgentRun.parse({ ...samples.plain.agentRuns.row, ...ofThen });
    const endedAt = new Date().toISOString();
    await world.store.write(async (tx) => {
      await tx.sessions.put({ ...samples.plain.sessions.row, id: "s1", startedAt: then, endedAt, modelCalls: 3 });
      await tx.agentRuns.put(run);
    });
    await expectSound(world);
    await world.store.write((tx) => tx.agentRuns.remove(run.id));
    await expectOnly(world, { id: "budgets", reason: /3 model calls.*s1.*budget is 0/, fix: /limits\.modelCallsPerDay in mos\.yaml/ });
    await world.store.write((tx) => tx.sessions.remove("s1"));
  });

  test("D19: a full disk, and one repository's", async () => {
    const full = { ...host, freeBytes: async () => 3 * 1024 ** 2 };
    await expectOnly(world, { id: "disk-and-clock", reason: /3 MB are free for .*\.mos/, fix: /Free some space/ }, { host: full });
    const one = { ...host, freeBytes: async (path: string) => (path.endsWith("/jobs") ? 0 : 1024 ** 4) };
    await expectOnly(world, { id: "disk-and-clock", domain: "jobs", reason: /0 MB are free for .*jobs/, fix: /Free/ }, { host: one });
  });

  test("D19: a clock that runs behind the log", async () => {
    const late = new Date(Date.now() - 3_600_000).toISOString();
    const behind: World = { ...world, clock: { ...world.clock, now: () => late } };
    await expectOnly(behind, {
      id: "disk-and-clock",
      reason: new RegExp(`the clock says ${late}, and event \\d+ was`),
      fix: /Set the clock/,
    });
    await expectSound(world);
  });
});
