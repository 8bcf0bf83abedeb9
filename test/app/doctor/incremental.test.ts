import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMachineHost } from "../../../src/adapter/host/machine-host.ts";
import { createDiagnose, diagnose } from "../../../src/app/diagnose.ts";
import { configuration } from "../../../src/app/doctor/configuration.ts";
import { runGitIn } from "../../support/make-repository.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

let opened: OpenedWorld;
let doctor: ReturnType<typeof createDiagnose>;
beforeEach(async () => {
  const files = { "check.sh": "true\n" };
  opened = await openWorld({ music: { prefix: "MUS", files }, jobs: { prefix: "JOB", files: { ...files, "b.txt": "b\n" } } });
  doctor = createDiagnose(createMachineHost());
});
afterEach(() => opened.remove());

const failing = async () =>
  (await doctor(opened.world, {})).checks.filter((check) => !check.ok && check.id !== "sandbox").map(({ id, domain }) => `${id} ${domain}`);

describe("D22: what a run's doctor remembers", () => {
  test("D22: an object file that two domains come to share is seen at once, whichever of them it was first", async () => {
    const [music, jobs] = [join(opened.root, "music/.git/objects"), join(opened.root, "jobs/.git/objects")];
    expect(await failing()).toEqual([]);
    const blob = runGitIn(join(opened.root, "jobs"), "rev-parse", "HEAD:b.txt");
    const [folder, name] = [blob.slice(0, 2), blob.slice(2)];
    mkdirSync(join(music, folder), { recursive: true });
    linkSync(join(jobs, folder, name), join(music, folder, name));
    expect((await failing()).sort()).toEqual(["silos jobs", "silos music"]);
    rmSync(join(music, folder, name));
    expect(await failing()).toEqual([]);
  });

  test("D22: an object of what came since is missed, and so is one of before by a doctor that has seen nothing yet", async () => {
    const music = join(opened.root, "music");
    expect(await failing()).toEqual([]);
    const lane = opened.world.workspace.domains[0]?.home.lane as string;
    const tree = runGitIn(music, "write-tree");
    const commit = runGitIn(music, "commit-tree", tree, "-p", "HEAD", "-m", "next");
    const isSound = async (of: string) =>
      (await doctor(opened.world, { landing: { lane, commit: of } })).checks.every(({ id, ok }) => id !== "repositories" || ok);
    expect(await isSound(commit)).toBe(true);
    const lost = runGitIn(music, "commit-tree", tree, "-p", commit, "-m", "lost");
    const end = runGitIn(music, "commit-tree", tree, "-p", lost, "-m", "end");
    rmSync(join(music, ".git/objects", lost.slice(0, 2), lost.slice(2)));
    expect(await isSound(end)).toBe(false);
    const blob = runGitIn(music, "rev-parse", "HEAD:check.sh");
    rmSync(join(music, ".git/objects", blob.slice(0, 2), blob.slice(2)));
    doctor = createDiagnose(createMachineHost());
    expect(await isSound(commit)).toBe(false);
  });

  test("D22: mos.yaml is read again at once when it changed or a repository lies elsewhere, and else not at all", async () => {
    const file = join(opened.root, "mos.yaml");
    writeFileSync(file, "version: 1\n");
    const later = new Date(Date.now() + 3_600_000).toISOString();
    let [minutes, loads] = [0, 0];
    const clock = { ...opened.world.clock, now: () => later, monotonicMs: () => minutes * 60_000 };
    const load = async () => {
      loads += 1;
      return opened.world.workspace;
    };
    const known = { findings: new Map(), memory: new Map() };
    const args = { host: createMachineHost(), configFile: { load }, known, checks: [configuration] };
    const look = async (at = clock) => {
      minutes += 1;
      expect((await diagnose({ ...opened.world, clock: at }, args)).checks).toMatchObject([{ ok: true }]);
      return loads;
    };
    expect([await look(), await look(), await look()]).toEqual([1, 1, 1]);
    writeFileSync(file, "version: 1 \n");
    expect([await look(), await look()]).toEqual([2, 2]);
    renameSync(join(opened.root, "jobs"), join(opened.root, "elsewhere"));
    symlinkSync("elsewhere", join(opened.root, "jobs"));
    expect([await look(), await look()]).toEqual([3, 3]);
    // Written a moment ago it may be written again, with the same stamp.
    const now = { ...clock, now: opened.world.clock.now };
    writeFileSync(file, "version: 1\n");
    expect([await look(now), await look(now)]).toEqual([4, 5]);
  });
});
