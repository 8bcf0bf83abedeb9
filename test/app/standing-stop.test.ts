import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { adoptBranch } from "../../src/app/adopt-branch.ts";
import { distill } from "../../src/app/distill.ts";
import { holdSession } from "../../src/app/open-session.ts";
import { resumeLane } from "../../src/app/pause-lane.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { refuseWhileStopped } from "../../src/app/standing-stop.ts";
import { startAgents } from "../../src/app/start-agents.ts";
import { stopAll } from "../../src/app/stop-all.ts";
import { listTurns, type Turn, takeTurn } from "../../src/app/take-turn.ts";
import type { ProcessControl } from "../../src/port/process-control.ts";
import { commitFiles } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const nobody: ProcessControl = { interrupt: () => false, listBelow: () => [], kill: () => false };

test("G11c: while everything is stopped no turn of the rhythm, session or distillation begins; with the last lane it is over", async () => {
  opened = await openWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n" } } });
  const { world } = opened;
  const turns = listTurns(world) as [Turn, Turn];
  const stopped = await stopAll(world, { processes: nobody, graceMs: 0 });
  expect(stopped).toMatchObject({ lanes: ["music", "operator"], left: [] });
  const refusal = {
    code: "stopped",
    message: expect.stringMatching(/mos stop --all, and music, operator still are/),
    hint: "Go on: mos lane resume --all",
  };
  const head = await world.store.read((tx) => tx.logHead());
  for (const turn of turns) await expect(takeTurn(world, turn)).rejects.toMatchObject(refusal);
  await expect(holdSession(world, async () => "begun")).rejects.toMatchObject(refusal);
  await expect(distill(world)).rejects.toMatchObject(refusal);
  expect(await world.store.read(async (tx) => [await tx.logHead(), await tx.leases.list(), await tx.sessions.list()])).toEqual([
    head,
    [],
    [],
  ]);
  await resumeLane(world, { lane: "music" });
  await expect(takeTurn(world, turns[0])).rejects.toMatchObject({ message: expect.stringMatching(/, and operator still is/) });
  await resumeLane(world, { lane: "operator" });
  expect(await takeTurn(world, turns[0])).toBe(true);
});

test("G11c: who begins while the workers are still being ended is refused already", async () => {
  opened = await openWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n" } } });
  const { world } = opened;
  const worker = { owner: "another", pid: process.ppid, process: "another" };
  await world.store.write((tx) => tx.leases.put({ key: "worker:another", ...worker, epoch: 1, beat: 0 }));
  let begun: unknown;
  const processes: ProcessControl = {
    ...nobody,
    interrupt: () => {
      begun ??= world.store.read(refuseWhileStopped).catch((error) => error);
      return false;
    },
  };
  await stopAll({ ...world, isProcessAlive: () => true }, { processes, graceMs: 0 });
  expect(await begun).toMatchObject({ code: "stopped" });
});

test("G11c: while everything is stopped no client is probed or proven and no main is adopted; who does so is found by a stop", async () => {
  opened = await openWorld({ music: { prefix: "MUS", files: { "a.txt": "a\n" } } });
  const { world, root } = opened;
  const held = await startAgents(world, () => world.store.read((tx) => tx.leases.list()));
  expect(held).toContainEqual(expect.objectContaining({ pid: world.worker.pid, process: world.worker.process }));
  expect(await world.store.read((tx) => tx.leases.list())).toEqual([]);
  await stopAll(world, { processes: nobody, graceMs: 0 });
  commitFiles(join(root, "music"), { "b.txt": "b\n" }, "feat: by hand");
  let begun = false;
  const start = startAgents(world, async () => {
    begun = true;
  });
  await expect(start).rejects.toMatchObject({ code: "stopped", hint: "Go on: mos lane resume --all" });
  const adopting = adoptBranch(world, { domain: "music", branch: "main", diagnose: async () => healthy });
  await expect(adopting).rejects.toMatchObject({ code: "stopped" });
  expect([begun, await world.store.read((tx) => tx.leases.list()), await world.store.read((tx) => tx.tickets.list())]).toEqual([
    false,
    [],
    [],
  ]);
});

test.skipIf(!boxAvailable)("G11c: a lane that comes while everything is stopped is stopped with the rest", async () => {
  const files = { "check.sh": "true\n" };
  opened = await openWorld({ music: { prefix: "MUS", files }, jobs: { prefix: "JOB", files } });
  const { world } = opened;
  const domains = world.workspace.domains.filter(({ name }) => name === "music");
  await stopAll({ ...world, workspace: { ...world.workspace, domains } }, { processes: nobody, graceMs: 0 });
  const id = await opened.fileReady({ domain: "jobs", title: "Write c", touches: ["c.txt"], run: ["echo c > c.txt"] });
  const run = () => runTickets(world, { diagnose: async () => healthy });
  expect(await run()).toMatchObject({ merged: [], paused: expect.arrayContaining([expect.objectContaining({ lane: "jobs" })]) });
  for (const lane of ["music", "operator"]) await resumeLane(world, { lane });
  await expect(world.store.read(refuseWhileStopped)).rejects.toMatchObject({ message: expect.stringMatching(/, and jobs still is/) });
  await resumeLane(world, { lane: "jobs" });
  expect((await run()).merged).toEqual([id]);
});
