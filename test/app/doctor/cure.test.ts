import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMachineHost } from "../../../src/adapter/host/machine-host.ts";
import { createDiagnose, diagnose, type Known, repair } from "../../../src/app/diagnose.ts";
import { doctorChecks } from "../../../src/app/doctor/checks.ts";
import { type DoctorCheck, holds } from "../../../src/app/doctor/doctor-check.ts";
import { runTickets } from "../../../src/app/run-tickets.ts";
import type { World } from "../../../src/port/world.ts";
import { expectSound } from "../../support/expect-health.ts";
import { commitFiles, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";
import { samples } from "../../support/sample-records.ts";
import { takeSnapshot } from "../../support/take-snapshot.ts";

const host = createMachineHost();
const matter = "---\ntitle: Sound\nkind: strategy\nowner: me\nauthority: operator\nupdated: 2026-11-01\n---\n";
const broken = `${matter}See [it](gone.md).\n`;
const mend = "sed -i 's/gone.md/sound.md/' wiki/sound.md";
const files = { "check.sh": "true\n", "a.txt": "a\n" };
const wiki = { "wiki/index.md": "- [Sound](sound.md)\n", "wiki/sound.md": broken };
let opened: OpenedWorld;

beforeEach(async () => {
  opened = await openWorld({ music: { prefix: "MUS", files: { ...files, ...wiki } }, jobs: { prefix: "JOB", files } });
});
afterEach(() => opened.remove());

function fileCure(given: Record<string, unknown>): Promise<string> {
  return opened.fileReady({ domain: "music", title: "Mend", touches: ["wiki/"], role: "librarian", repairs: "wiki", ...given });
}

describe.skipIf(!boxAvailable)("the cure", () => {
  test("D21: below A only the cure runs; it lands for the state that it leaves, and what waited goes on in the same run", async () => {
    const { world } = opened;
    const waits = await opened.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo b > a.txt"] });
    const other = await opened.fileReady({
      domain: "music",
      title: "Cure what is not ill",
      touches: ["b.txt"],
      run: ["touch b.txt"],
      repairs: "gate",
    });
    const before = await runTickets(world, { diagnose: createDiagnose(host) });
    expect(before.merged).toEqual([]);
    const cure = await fileCure({ run: [mend] });
    const run = await runTickets(world, { diagnose: createDiagnose(host) });
    expect(run.merged[0]).toBe(cure);
    expect([...run.merged].sort()).toEqual([waits, other, cure].sort());
    const receipt = (await world.store.read((tx) => tx.receipts.list())).find((one) => one.tickets[0] === cure);
    expect(receipt?.doctor).toEqual({ grade: "A", passed: 19, total: 19 });
    await expectSound(world);
  });

  test("D21: a cure that does not mend what it names is refused by the gate, with the doctor's words", async () => {
    const { world } = opened;
    const id = await fileCure({ run: ["echo >> wiki/sound.md"] });
    expect((await runTickets(world, { diagnose: createDiagnose(host) })).merged).toEqual([]);
    const ticket = await world.store.read((tx) => tx.tickets.get(id));
    expect(ticket?.status).toMatchObject({
      state: "blocked",
      causes: [{ kind: "check", detail: expect.stringMatching(/gives B: wiki: .*gone\.md/) }],
    });
  });

  test("D21: the state that a landing would leave is graded, not the one that is: a mended page, a link into another silo", async () => {
    const { world, root } = opened;
    const music = join(root, "music");
    const main = runGitIn(music, "rev-parse", "main");
    commitFiles(music, { "wiki/sound.md": matter }, "mended");
    const mended = runGitIn(music, "rev-parse", "HEAD");
    symlinkSync("../jobs/a.txt", join(music, "song"));
    const linked = commitFiles(music, {}, "linked");
    runGitIn(music, "reset", "-q", "--hard", main);
    const failing = async (commit?: string) => {
      const landing = commit === undefined ? {} : { landing: { lane: "music", commit } };
      const { checks } = await diagnose(world, { host, domains: ["music"], ...landing });
      return checks.filter((check) => !check.ok).map((check) => check.id);
    };
    expect([await failing(), await failing(mended), await failing(linked)]).toEqual([["wiki"], [], ["silos"]]);
  });

  test("D8, D7: in a run what a dead worker leaves is cleared away and looked at again, and fails nobody", async () => {
    const { world } = opened;
    const lease = {
      key: "lane:jobs",
      owner: "gone",
      pid: 4_000_000,
      process: world.worker.process.replace(/\/\d+$/, "/1"),
      epoch: 1,
      beat: 0,
    };
    await world.store.write((tx) => tx.leases.put(lease));
    await world.store.write((tx) => tx.landings.put({ ...samples.plain.landings.row, lane: "jobs" }));
    mkdirSync(join(opened.root, ".mos/slot/jobs/home/1/tree"), { recursive: true });
    const { domains } = await createDiagnose(host)(world, {});
    expect(domains).toEqual({ music: "B", jobs: "A", operator: "A" });
    expect(await world.store.read((tx) => tx.leases.list())).toEqual([]);
  });

  test("D23: --dry-run changes nothing", async () => {
    const { world, root } = opened;
    const lease = {
      key: "slot:jobs/home/1",
      owner: "gone",
      pid: 4_000_000,
      process: world.worker.process.replace(/\/\d+$/, "/1"),
      epoch: 1,
      beat: 0,
    };
    await world.store.write((tx) => tx.leases.put(lease));
    mkdirSync(join(root, ".mos/slot/jobs/home/1/tree"), { recursive: true });
    symlinkSync("nowhere", join(root, "link"));
    const skip = [".mos/store.db", ".mos/store.db-wal", ".mos/store.db-shm"];
    const look = async () => ({
      files: takeSnapshot(root, skip),
      log: await world.store.read((tx) => tx.events()),
      leases: await world.store.read((tx) => tx.leases.list()),
    });
    await diagnose(world, { host });
    const before = await look();
    const planned = await repair(world, { host, dryRun: true });
    expect(planned.map((one) => one.done)).toEqual(["would clear away slot jobs/home/1", "would give back slot:jobs/home/1"]);
    expect(await look()).toEqual(before);
    await repair(world, { host, dryRun: false });
    expect((await diagnose(world, { host })).checks.filter((check) => !check.ok).map((check) => check.id)).toEqual(["wiki"]);
  });
});

/** The nineteen, each counting how often it is examined. */
function countExaminations(): { checks: DoctorCheck[]; counts: Map<string, number> } {
  const counts = new Map<string, number>();
  const checks = doctorChecks.map((check) => ({
    ...check,
    examine: (...args: [never, never]) => {
      counts.set(check.id, (counts.get(check.id) ?? 0) + 1);
      return check.examine(...args);
    },
  })) as DoctorCheck[];
  return { checks, counts };
}

/** The world with a git that notes each verb. */
function countGit(world: World): { world: World; asked: string[] } {
  const asked: string[] = [];
  const noting = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const verb = Reflect.get(target, name);
        if (typeof verb !== "function" || name === "at") return verb;
        return (...args: unknown[]) => {
          asked.push(String(name));
          return Reflect.apply(verb, target, args);
        };
      },
    });
  const counted = noting(world.git);
  const git = {
    ...world.git,
    isRepository: counted.isRepository,
    version: counted.version,
    at: (path: string) => noting(world.git.at(path)),
  };
  return { world: { ...world, git }, asked };
}

describe("the doctor in a gate", () => {
  test("D22: a check runs again only where its inputs changed, or a minute has passed; one that failed runs again", async () => {
    let minutes = 0;
    const world: World = { ...opened.world, clock: { ...opened.world.clock, monotonicMs: () => minutes * 60_000 } };
    const known: Known = { findings: new Map(), memory: new Map() };
    const { checks, counts } = countExaminations();
    const look = async () => {
      counts.clear();
      await diagnose(world, { host, known, checks, domains: ["jobs"] });
      return Object.fromEntries(counts);
    };
    expect(Object.keys(await look())).toHaveLength(19);
    const again = await look();
    // These cost no more than a fingerprint of what they look at.
    const cheap = ["strays", "leases", "sandbox", "distillation", "budgets", "disk-and-clock"];
    expect(Object.keys(again).sort()).toEqual(cheap.toSorted());
    runGitIn(join(opened.root, "jobs"), "commit", "-q", "--allow-empty", "-m", "by hand");
    expect(await look()).toMatchObject({ repositories: 1, receipts: 1, wiki: 1, citations: 1 });
    expect(await look()).toMatchObject({ receipts: 1 });
    expect(Object.keys(await look()).filter((id) => !cheap.includes(id))).toEqual(["receipts"]);
    minutes += 1;
    const later = await look();
    expect(later).toMatchObject({ strays: 1, leases: 1, silos: 1, "log-chain": 1, "store-integrity": 1 });
    expect(later).not.toHaveProperty("wiki");
  });

  test("D22: git is asked few times of a sound domain, and hardly ever where nothing changed", async () => {
    const { world, asked } = countGit(opened.world);
    const known: Known = { findings: new Map(), memory: new Map() };
    const look = async () => {
      asked.length = 0;
      await diagnose(world, { host, known, domains: ["jobs"] });
      return asked.length;
    };
    // What looks at all domains (log-chain, strays) asks for three; the rest is of one.
    expect(await look()).toBeLessThan(45);
    // Verbs, not processes: where a repository is, and what its git folder is, git is not started for.
    expect(await look()).toBeLessThan(12);
  });

  test("D22: a HEAD that moved and an identity that went are seen at once", async () => {
    const known: Known = { findings: new Map(), memory: new Map() };
    const failing = async () =>
      (await diagnose(opened.world, { host, known, domains: ["jobs"] })).checks
        .filter((check) => !check.ok && check.id !== "sandbox")
        .map((check) => check.id);
    expect(await failing()).toEqual([]);
    runGitIn(join(opened.root, "jobs"), "switch", "-q", "--detach");
    expect(await failing()).toEqual(["repositories"]);
  });

  test("a check that throws, and one that hangs, fail by their name, and the others are looked at", async () => {
    const [first, second, ...rest] = doctorChecks as readonly [DoctorCheck, DoctorCheck, ...DoctorCheck[]];
    const throwing = { ...first, examine: () => Promise.reject(new Error("the disk says no")) } as DoctorCheck;
    const hanging = { ...second, examine: () => new Promise(() => {}) } as unknown as DoctorCheck;
    const still = rest.map((check) => ({ ...check, examine: async () => holds("fine") })) as DoctorCheck[];
    const found = await diagnose(opened.world, { host, checks: [throwing, hanging, ...still], checkMsMax: 50 });
    expect(found).toMatchObject({ grade: "B", passed: 17 });
    expect(found.checks.filter((check) => !check.ok)).toMatchObject([
      { id: "git-and-node", reason: expect.stringContaining("the disk says no") },
      { id: "configuration", reason: "it did not end within 0.05 s" },
    ]);
  });

  test("a failure in one domain that no check expects stays in that domain", async () => {
    const { world } = opened;
    const git = {
      ...world.git,
      isRepository: async (path: string) => (path.endsWith("/jobs") ? Promise.reject(new Error("denied")) : world.git.isRepository(path)),
    };
    const found = await diagnose({ ...world, git }, { host });
    const failing = found.checks.filter((check) => !check.ok && check.id !== "sandbox");
    expect([...new Set(failing.map((check) => check.domain))].sort()).toEqual(["jobs", "music"]);
    expect(failing.filter((check) => check.domain === "music").map((check) => check.id)).toEqual(["wiki"]);
  });
});
