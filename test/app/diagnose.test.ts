import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createMachineHost } from "../../src/adapter/host/machine-host.ts";
import { createDiagnose, diagnose } from "../../src/app/diagnose.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { type OpenedWorld, openWorld } from "../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const files = { "check.sh": "true\n", "a.txt": "a\n" };

describe.skipIf(!boxAvailable)("the doctor", () => {
  test("D1–D19: a sound workspace is A, 19 of 19, and so is one that has landed something", async () => {
    opened = await openWorld({ music: { prefix: "MUS", files }, trading: { prefix: "TRA", files, sealed: true } });
    const host = createMachineHost();
    const before = await diagnose(opened.world, { host });
    expect(before.checks.filter((check) => !check.ok)).toEqual([]);
    expect(before).toMatchObject({ grade: "A", passed: 19, total: 19, domains: { music: "A", trading: "A", operator: "A" } });
    expect(before.checks).toHaveLength(19);
    const id = await opened.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    expect((await runTickets(opened.world, { diagnose: createDiagnose(host) })).merged).toEqual([id]);
    expect((await diagnose(opened.world, { host })).grade).toBe("A");
  });

  test("D6: a commit by hand costs that domain its grade, and no other; nothing is dispatched there but the cure", async () => {
    opened = await openWorld({ music: { prefix: "MUS", files }, jobs: { prefix: "JOB", files } });
    const host = createMachineHost();
    runGitIn(join(opened.root, "music"), "commit", "-q", "--allow-empty", "-m", "by hand");
    const found = await diagnose(opened.world, { host });
    expect(found).toMatchObject({ grade: "B", passed: 18, domains: { music: "B", jobs: "A" } });
    expect(found.checks.filter((check) => !check.ok)).toMatchObject([
      { id: "receipts", domain: "music", fix: "mos ticket adopt main --domain music" },
    ]);
    await opened.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    const other = await opened.fileReady({ domain: "jobs", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    expect((await runTickets(opened.world, { diagnose: createDiagnose(host) })).merged).toEqual([other]);
  });
});
