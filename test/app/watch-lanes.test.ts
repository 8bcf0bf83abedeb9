import { afterEach, expect, test } from "vitest";
import { adoptBranch } from "../../src/app/adopt-branch.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { watchLanes } from "../../src/app/watch-lanes.ts";
import { commitFiles } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

const diagnose = async () => healthy;
let opened: OpenedWorld;
afterEach(() => opened.remove());

test.skipIf(!boxAvailable)("G7a: watched without a pause while eight tickets land, no landing is an alarm", async () => {
  opened = await openWorld({ music: { prefix: "MUS", files: { "check.sh": "true\n" } } }, { limits: { maxParallel: 3, slotsPerRepo: 3 } });
  for (let n = 0; n < 8; n += 1)
    await opened.fileReady({ title: `t${n}`, domain: "music", touches: [`f${n}`], run: [`echo ${n} > f${n}`], runtime: "playbook" });
  let isDone = false;
  let looks = 0;
  const alarms: string[] = [];
  const watching = (async () => {
    while (!isDone) {
      looks += 1;
      for (const alarm of await watchLanes(opened.world)) alarms.push(alarm.reason);
    }
  })();
  const run = await runTickets(opened.world, { diagnose }).finally(() => {
    isDone = true;
  });
  await watching;
  expect(run.merged).toHaveLength(8);
  expect(looks).toBeGreaterThan(8);
  expect(alarms).toEqual([]);
  expect(await opened.world.store.read((tx) => tx.events({ kind: "guard.alarm" }))).toEqual([]);
});

test.skipIf(!boxAvailable)("G7a: a tip by hand stops its lane until it is adopted; the other lane goes on", async () => {
  opened = await openWorld({
    music: { prefix: "MUS", files: { "check.sh": "true\n" } },
    agency: { prefix: "AGE", files: { "check.sh": "true\n" } },
  });
  const home = opened.world.workspace.domains[0]?.home.path as string;
  const tickets = [];
  for (const domain of ["music", "agency"])
    tickets.push(await opened.fileReady({ title: "t", domain, touches: ["f"], run: ["echo x > f"], runtime: "playbook" }));
  commitFiles(home, { "by-hand.txt": "x\n" }, "fix: by hand");
  expect((await watchLanes(opened.world)).map(({ lane }) => lane)).toEqual(["music"]);
  expect((await runTickets(opened.world, { diagnose })).merged).toEqual([tickets[1]]);
  await adoptBranch(opened.world, { domain: "music", branch: "main", diagnose });
  expect(await watchLanes(opened.world)).toEqual([]);
  expect((await runTickets(opened.world, { diagnose })).merged).toEqual([tickets[0]]);
});
