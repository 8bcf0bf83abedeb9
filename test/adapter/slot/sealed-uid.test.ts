import { chmodSync, existsSync, linkSync, lstatSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createMachineHost } from "../../../src/adapter/host/machine-host.ts";
import { keepSealedUid } from "../../../src/adapter/slot/sealed-uid.ts";
import { repair } from "../../../src/app/diagnose.ts";
import { silos } from "../../../src/app/doctor/silos.ts";
import type { Domain } from "../../../src/contract/config.ts";
import { commitFiles, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});

const isRoot = process.getuid?.() === 0;
const why = !boxAvailable ? "no sandbox here" : isRoot ? undefined : "files are given away by root alone";

async function open(): Promise<{ at: OpenedWorld; trading: Domain; music: Domain }> {
  const files = { "a.txt": "a\n", "check.sh": "true\n" };
  opened = await openWorld({ trading: { prefix: "TRA", files, sealed: true }, music: { prefix: "MUS", files } });
  const [trading, music] = opened.world.workspace.domains as [Domain, Domain];
  return { at: opened, trading, music };
}

test("P6m: a sealed domain's uid stays its own, whoever asks and in which order", () => {
  const folder = makeTemporaryFolder();
  const first = keepSealedUid(folder.path, "trading");
  expect(first).toBeGreaterThanOrEqual(20_100);
  expect(keepSealedUid(folder.path, "jobs")).toBe(first + 1);
  expect(keepSealedUid(folder.path, "trading")).toBe(first);
  // Another process made a second one for it meanwhile.
  writeFileSync(join(folder.path, "sealed-uid", String(first + 2)), "trading\n");
  expect(keepSealedUid(folder.path, "trading")).toBe(first);
  expect(keepSealedUid(folder.path, "label")).toBe(first + 3);
  folder.remove();
});

describe.skipIf(why !== undefined)(`P6m: a sealed domain under a uid of its own${why ? ` (skipped: ${why})` : ""}`, () => {
  test("its commands run as that uid, and its slot is nobody else's", async () => {
    const { at, trading, music } = await open();
    const uid = at.world.slots.ownerOf(trading) as number;
    expect(uid).toBeGreaterThanOrEqual(20_100);
    expect(at.world.slots.ownerOf(music)).toBe(20_001);
    const tip = runGitIn(trading.home.path, "rev-parse", "main");
    await at.world.slots.withSlot({ repo: trading.home, purpose: "test", ticket: "TRA-1" }, async (slot) => {
      await slot.prepare(tip);
      const said = await slot.run({
        command: "id -u; echo x > made.txt; git add made.txt; git commit -qm mine && echo done",
        writable: true,
        wallMs: 20_000,
      });
      expect(said.stdout).toBe("20001\ndone\n");
      expect(await slot.collect({ message: "x", ref: "refs/mos/work/TRA-1/1" })).toMatchObject({ kind: "commit" });
    });
    const dir = join(at.root, ".mos/slot/trading/home/1");
    expect(statSync(dir)).toMatchObject({ uid, gid: uid });
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, "tree/made.txt")).uid).toBe(uid);
  });

  test("its home is closed to others by mos doctor --fix, which silos names; git goes on, and what comes in later is closed too", async () => {
    const { at, trading, music } = await open();
    const uid = at.world.slots.ownerOf(trading) as number;
    const args = { host: createMachineHost(), checks: [silos] };
    expect(await repair(at.world, { ...args, dryRun: true })).toEqual([]);
    chmodSync(trading.home.path, 0o755);
    const found = await repair(at.world, { ...args, dryRun: true });
    expect(found).toEqual([expect.objectContaining({ domain: "trading", done: expect.stringContaining("would close") })]);
    expect(statSync(trading.home.path).mode & 0o007).not.toBe(0);
    await repair(at.world, { ...args, dryRun: false });
    expect(await repair(at.world, { ...args, dryRun: true })).toEqual([]);
    const later = commitFiles(trading.home.path, { "new/b.txt": "b\n" }, "feat: later");
    for (const path of listAll(join(trading.home.path, ".git/objects"))) {
      const { mode, gid } = lstatSync(path);
      expect([path, gid, mode & 0o007]).toEqual([path, uid, 0]);
    }
    expect(statSync(music.home.path).gid).not.toBe(uid);
    await at.world.slots.withSlot({ repo: trading.home, purpose: "test" }, async (slot) => {
      await slot.prepare(later);
      expect((await slot.run({ command: "cat new/b.txt; git log --oneline | wc -l", wallMs: 20_000 })).stdout).toBe("b\n2\n");
    });
  });

  test("P6l: a hard link to a file of it, planted in another domain's tree after the start, does not open", async () => {
    const { at, trading, music } = await open();
    const secret = join(trading.home.path, "a.txt");
    await at.world.slots.withSlot({ repo: music.home, purpose: "test", ticket: "MUS-1" }, async (slot) => {
      await slot.prepare(runGitIn(music.home.path, "rev-parse", "main"));
      const planted = join(at.root, ".mos/slot/music/home/1/tree/planted.txt");
      linkSync(secret, planted);
      expect(existsSync(planted)).toBe(true);
      expect((await slot.run({ command: "cat planted.txt || echo closed", writable: true, wallMs: 20_000 })).stdout).toBe("closed\n");
      await slot.prepare(runGitIn(music.home.path, "rev-parse", "main"));
      expect(existsSync(planted)).toBe(false);
    });
  });
});

function listAll(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...listAll(path)] : [path];
  });
}
