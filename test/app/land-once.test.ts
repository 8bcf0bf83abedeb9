import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createMachineHost } from "../../src/adapter/host/machine-host.ts";
import { adoptBranch } from "../../src/app/adopt-branch.ts";
import { diagnose as examine } from "../../src/app/diagnose.ts";
import { type LaneArgs, landLane } from "../../src/app/lane/land-lane.ts";
import { pauseLane, resumeLane } from "../../src/app/pause-lane.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { showGate } from "../../src/app/show-gate.ts";
import { showTicket } from "../../src/app/show-ticket.ts";
import { stopAll } from "../../src/app/stop-all.ts";
import { withdrawTicket } from "../../src/app/withdraw-ticket.ts";
import type { ProcessControl } from "../../src/port/process-control.ts";
import type { World } from "../../src/port/world.ts";
import { takeTickets } from "../../src/stage/dispatch/take-tickets.ts";
import { runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const diagnose = async () => healthy;

async function openOne(): Promise<OpenedWorld & { id: string; home: string }> {
  opened = await openWorld({ music: { prefix: "MUS", files: { "check.sh": "true\n", "a.txt": "a\n" } } });
  const id = await opened.fileReady({ domain: "music", title: "Write c", touches: ["c.txt"], run: ["echo c > c.txt"] });
  return { ...opened, id, home: join(opened.root, "music") };
}

/** The same world, in which `before` runs ahead of the n-th write of the merge stage: 1 is the intent, 2 the record. */
function interruptMerge(world: World, n: number, before: () => Promise<void>): World {
  let left = 0;
  return {
    ...world,
    report: (progress) => {
      if (progress.stage === "merge" && progress.state === "start" && left === 0) left = n;
      world.report(progress);
    },
    store: {
      ...world.store,
      read: (body) => world.store.read(body),
      write: async (body) => {
        // Others write meanwhile: whoever looks for work, the heartbeat.
        if (left > 0 && new Error().stack?.includes("/stage/merge/")) {
          left -= 1;
          if (left === 0) {
            left = Number.NaN;
            await before();
          }
        }
        return world.store.write(body);
      },
    },
  };
}

const breakRecord = async (world: World): Promise<void> => {
  const broken = interruptMerge(world, 2, () => Promise.reject(new Error("the store was away for a moment")));
  const result = await runTickets(broken, { diagnose });
  expect(result).toMatchObject({ merged: [], blocked: [], paused: [{ lane: "music" }] });
};
const expectLandedOnce = async ({ world, id, home }: Awaited<ReturnType<typeof openOne>>, behind = 1): Promise<void> => {
  const landings = runGitIn(home, "log", "--first-parent", "--format=%(trailers:key=Ticket,valueonly,separator=)", "main").split("\n");
  expect(landings.filter((ticket) => ticket === id)).toEqual([id]);
  const left = await world.store.read(async (tx) => ({ ticket: await tx.tickets.get(id), landings: await tx.landings.list() }));
  expect(left.landings).toEqual([]);
  expect(left.ticket?.status).toMatchObject({ state: "merged", commit: runGitIn(home, "rev-parse", `main~${behind - 1}`) });
  expect((await world.store.verifyLog()).ok).toBe(true);
};
const nobody: ProcessControl = { interrupt: () => false, listBelow: () => [], kill: () => false };

describe.skipIf(!boxAvailable)("landing, as the exploration of the ticket's states found that it must be", () => {
  test("I7: a ticket that is withdrawn between its test and its landing does not land", async () => {
    const { world, id, home } = await openOne();
    const base = runGitIn(home, "rev-parse", "main");
    const meddled = interruptMerge(world, 1, async () => {
      await withdrawTicket(world, { id });
    });
    await runTickets(meddled, { diagnose });
    expect(runGitIn(home, "rev-parse", "main")).toBe(base);
    const left = await world.store.read(async (tx) => ({ ticket: await tx.tickets.get(id), landings: await tx.landings.list() }));
    expect(left.landings).toEqual([]);
    expect(left.ticket?.status).toMatchObject({ state: "blocked", from: "verifying", causes: [{ kind: "withdrawn" }] });
  });

  test("G11a: once the operator's pause is on record nothing lands whose intent was not there before", async () => {
    const { world, id, home } = await openOne();
    const base = runGitIn(home, "rev-parse", "main");
    const paused = interruptMerge(world, 1, async () => {
      await pauseLane(world, { lane: "music", reason: "wait" });
    });
    expect((await runTickets(paused, { diagnose })).merged).toEqual([]);
    expect(runGitIn(home, "rev-parse", "main")).toBe(base);
    const left = await world.store.read(async (tx) => ({ ticket: await tx.tickets.get(id), landings: await tx.landings.list() }));
    expect(left.landings).toEqual([]);
    expect(left.ticket?.status.state).toBe("verifying");
    await runTickets(world, { diagnose });
    expect(runGitIn(home, "rev-parse", "main")).toBe(base);
    await resumeLane(world, { lane: "music" });
    expect((await runTickets(world, { diagnose })).merged).toEqual([id]);
  });

  test("G11a: what stops a landing that was under way does not take the operator's pause away", async () => {
    const { world, id, home } = await openOne();
    const base = runGitIn(home, "rev-parse", "main");
    writeFileSync(join(home, "c.txt"), "the operator's own\n");
    const paused = interruptMerge(world, 2, async () => {
      await pauseLane(world, { lane: "music", reason: "wait" });
    });
    await runTickets(paused, { diagnose });
    rmSync(join(home, "c.txt"));
    // The edit is gone, and every run looks again at a lane that was paused for one.
    expect((await runTickets(world, { diagnose })).merged).toEqual([]);
    expect(await world.store.read((tx) => tx.lanes.get("music"))).toMatchObject({ paused: { by: "operator", reason: "wait" } });
    expect(runGitIn(home, "rev-parse", "main")).toBe(base);
    await resumeLane(world, { lane: "music" });
    expect((await runTickets(world, { diagnose })).merged).toEqual([id]);
  });

  test("I7: a landing whose record failed pauses its lane, and the next run completes it", async () => {
    const one = await openOne();
    await breakRecord(one.world);
    expect(await runTickets(one.world, { diagnose })).toMatchObject({ blocked: [], paused: [] });
    await expectLandedOnce(one);
  });

  test("G8a: git killed between its two refs: main without the receipt is completed, the receipt without main is dropped", async () => {
    const one = await openOne();
    const { world, home } = one;
    const base = runGitIn(home, "rev-parse", "main");
    await breakRecord(world);
    const tip = runGitIn(home, "rev-parse", "main");
    const receipt = runGitIn(home, "rev-parse", `refs/mos/receipts/${tip}`);
    runGitIn(home, "update-ref", "-d", `refs/mos/receipts/${tip}`);
    expect(await runTickets(world, { diagnose })).toMatchObject({ blocked: [], paused: [] });
    await expectLandedOnce(one);
    expect(runGitIn(home, "rev-parse", `refs/mos/receipts/${tip}`)).toBe(receipt);

    const next = await one.fileReady({ domain: "music", title: "Write d", touches: ["d.txt"], run: ["echo d > d.txt"] });
    await breakRecord(world);
    runGitIn(home, "reset", "-q", "--hard", tip);
    expect((await runTickets(world, { diagnose })).merged).toEqual([next]);
    expect(runGitIn(home, "rev-parse", "main^1")).toBe(tip);
    const receipts = runGitIn(home, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/mos/receipts").split("\n");
    expect(receipts.sort()).toEqual([tip, runGitIn(home, "rev-parse", "main")].sort());
    expect(runGitIn(home, "rev-parse", "main~2")).toBe(base);
  });

  test("G8: what landed has landed, however many commits a person has put on it before the next run", async () => {
    const { world, id, home } = await openOne();
    await breakRecord(world);
    const landed = runGitIn(home, "rev-parse", "main");
    const commits = Array.from({ length: 2100 }, (_, at) => {
      const from = at === 0 ? `from ${landed}\n` : "";
      return `commit refs/heads/main\ncommitter A <a@b> ${1_700_000_000 + at} +0000\ndata 2\nx\n${from}`;
    });
    execFileSync("git", ["fast-import", "--quiet"], { cwd: home, input: commits.join("\n") });
    await runTickets(world, { diagnose });
    expect((await world.store.read((tx) => tx.tickets.get(id)))?.status).toMatchObject({ state: "merged", commit: landed });
    expect(runGitIn(home, "rev-parse", `refs/mos/receipts/${landed}^{blob}`)).toMatch(/^[0-9a-f]{40}$/);
  });

  test("I7: a landing whose lander died is completed by a worker that runs on and takes the lane next", async () => {
    const one = await openOne();
    const { world } = one;
    await breakRecord(world);
    await world.store.write((tx) => tx.lanes.put({ id: "music" }));
    const isAlive = () => false;
    expect(await takeTickets(world, { maxParallel: 1, isAlive, diagnosis: healthy, boxed: true })).toEqual([]);
    const [home] = world.workspace.domains;
    const lane = { domain: home, repo: home?.home, isAlive, grade: diagnose, mayLand: () => true, slotsMax: 1 } as LaneArgs;
    expect(await landLane(world, lane)).toMatchObject({ merged: [], builds: 0 });
    await expectLandedOnce(one);
  });
});

describe.skipIf(!boxAvailable)("G8b: what is left of a repository that mos.yaml does not have any more", () => {
  const without = (world: World): World => ({ ...world, workspace: { ...world.workspace, domains: [] } });
  const remedy = /Put music back into mos\.yaml.* mos ticket withdraw MUS-1/;
  const look = (world: World) =>
    world.store.read(async (tx) => ({ ticket: await tx.tickets.get("MUS-1"), landings: await tx.landings.list() }));

  test("a landing that broke off is neither dropped nor recorded; all say so, and it is completed when the repository is back", async () => {
    const one = await openOne();
    await breakRecord(one.world);
    const gone = without(one.world);
    expect(await runTickets(gone, { diagnose })).toMatchObject({ merged: [], blocked: [] });
    expect(
      one.reported.some(({ state, text }) => state === "failed" && /the landing of MUS-1 broke off/.test(text) && remedy.test(text)),
    ).toBe(true);
    expect((await look(gone)).landings).toHaveLength(1);
    expect((await showGate(gone)).gone).toMatchObject([{ lane: "music", landing: ["MUS-1"], remedy: expect.stringMatching(remedy) }]);
    expect((await showTicket(gone, { id: "MUS-1" })).waits?.for).toMatch(remedy);
    const found = await examine(gone, { host: createMachineHost() });
    expect(found).toMatchObject({ grade: "B", domains: { operator: "A" } });
    expect(found.checks.filter(({ ok }) => !ok)).toMatchObject([
      { id: "configuration", domain: "music", fix: expect.stringMatching(remedy) },
      { id: "strays", domain: "music", fix: expect.stringMatching(remedy) },
    ]);
    expect((await stopAll(gone, { processes: nobody, graceMs: 0 })).left).toMatchObject([{ reason: expect.stringMatching(remedy) }]);
    await resumeLane(one.world, { lane: "operator" });
    expect(await runTickets(one.world, { diagnose })).toMatchObject({ blocked: [], paused: [] });
    await expectLandedOnce(one);
  });

  test("its landing is given up by the operator's word alone, on record; where the repository is there it is not", async () => {
    const one = await openOne();
    await breakRecord(one.world);
    await expect(withdrawTicket(one.world, { id: one.id })).rejects.toMatchObject({ code: "ticket-refused" });
    await withdrawTicket(without(one.world), { id: one.id });
    const left = await look(one.world);
    expect(left.landings).toEqual([]);
    expect(left.ticket?.status).toMatchObject({ state: "blocked", causes: [{ kind: "withdrawn" }] });
    const [event] = await one.world.store.read((tx) => tx.events({ ticket: one.id, kind: "gate.given-up" }));
    expect(event).toMatchObject({ actor: "operator", data: { lane: "music", tickets: [one.id] } });
  });

  test("a verified ticket, and one that is ready, wait as they are, say for what, and go on when it is back", async () => {
    const { world, id, fileReady } = await openOne();
    const held = interruptMerge(world, 1, async () => {
      await pauseLane(world, { lane: "music", reason: "wait" });
    });
    await runTickets(held, { diagnose });
    const other = await fileReady({ domain: "music", title: "Write d", touches: ["d.txt"], run: ["echo d > d.txt"] });
    expect(await runTickets(without(world), { diagnose })).toMatchObject({ merged: [], blocked: [] });
    const tickets = [id, other];
    expect((await showGate(without(world))).gone).toMatchObject([{ lane: "music", tickets: expect.arrayContaining(tickets), landing: [] }]);
    for (const one of tickets)
      expect((await showTicket(without(world), { id: one })).waits?.for).toMatch(/mos\.yaml does not have music any more/);
    await resumeLane(world, { lane: "music" });
    expect((await runTickets(world, { diagnose })).merged.toSorted()).toEqual(tickets.toSorted());
  });
});

test.skipIf(!boxAvailable)(
  "G8c: a landing whose checkout the operator keeps locked waits with its intent, says so, and is mended by the next run",
  async () => {
    const one = await openOne();
    await breakRecord(one.world);
    // As a kill leaves it before the tree follows, and then the operator's own git in the place of our lock.
    runGitIn(one.home, "read-tree", "main^1");
    rmSync(join(one.home, "c.txt"));
    const lock = join(one.home, ".git/index.lock");
    writeFileSync(lock, "theirs");
    const other = await one.fileReady({ domain: "music", title: "Write d", touches: ["d.txt"], run: ["echo d > d.txt"] });
    // A lock is waited for by this clock.
    const { clock } = one.world;
    const impatient = { ...one.world, clock: { ...clock, monotonicMs: () => clock.monotonicMs() * 20 } };
    const held = await runTickets(impatient, { diagnose });
    expect(held).toMatchObject({
      merged: [],
      paused: [{ lane: "music", reason: expect.stringMatching(/MUS-1 landed, and your working tree.*index\.lock.*mos run/) }],
    });
    expect(await one.world.store.read((tx) => tx.landings.list())).toHaveLength(1);
    await expect(adoptBranch(impatient, { domain: "music", branch: "main", diagnose })).rejects.toMatchObject({
      code: "landing-unsettled",
    });
    expect(readFileSync(lock, "utf8")).toBe("theirs");
    rmSync(lock);
    expect((await runTickets(one.world, { diagnose })).merged).toEqual([other]);
    await expectLandedOnce(one, 2);
    expect(readFileSync(join(one.home, "c.txt"), "utf8")).toBe("c\n");
    expect(runGitIn(one.home, "status", "--porcelain")).toBe("");
  },
);
