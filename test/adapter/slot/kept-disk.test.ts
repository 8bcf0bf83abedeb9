import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMachineHost } from "../../../src/adapter/host/machine-host.ts";
import { createSlots } from "../../../src/adapter/slot/create-slots.ts";
import { diagnose, repair } from "../../../src/app/diagnose.ts";
import { diskAndClock } from "../../../src/app/doctor/disk-and-clock.ts";
import { showGate } from "../../../src/app/show-gate.ts";
import { withdrawTicket } from "../../../src/app/withdraw-ticket.ts";
import type { RepoHandle } from "../../../src/contract/config.ts";
import { applyTransition } from "../../../src/core/ticket/apply-transition.ts";
import { leftInSlot } from "../../../src/port/slot.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

const megabyte = 1024 ** 2;
const now = Date.now();
let at: OpenedWorld;
beforeEach(async () => {
  const files = { "check.sh": "true\n" };
  at = await openWorld({ music: { prefix: "MUS", files }, jobs: { prefix: "JOB", files } }, { limits: { diskMb: 4 } });
});
afterEach(() => at.remove());

function repoOf(name: string): RepoHandle {
  const found = at.world.workspace.domains.find((domain) => domain.name === name)?.home;
  if (!found) throw new Error(`no ${name}`);
  return found;
}

const path = (kind: "slot" | "setup", id: string) => join(at.world.workspace.stateDir, kind, id);
const setMinutes = (file: string, ago: number) => utimesSync(file, new Date(now - ago * 60_000), new Date(now - ago * 60_000));

/** A setup output of so many megabytes, used so long ago. */
function keepOutput(id: string, { mb, minutes }: { mb: number; minutes: number }): void {
  const dir = path("setup", id);
  mkdirSync(join(dir, "files/deps"), { recursive: true });
  writeFileSync(join(dir, "files/deps/lib"), Buffer.alloc(mb * megabyte, 1));
  writeFileSync(join(dir, "paths.json"), '["deps"]');
  setMinutes(join(dir, "paths.json"), minutes);
}

/** The next slot of a repository, as a ticket leaves it. */
async function leaveSlot(name: string, { mb, minutes, number = 1 }: { mb: number; minutes: number; number?: number }): Promise<void> {
  await at.world.slots.withSlot({ repo: repoOf(name), purpose: "test" }, async ({ id }) => {
    if (!id.endsWith(`/${number}`)) throw new Error(`${id} was free`);
    writeFileSync(join(path("slot", id), "tree/out"), Buffer.alloc(mb * megabyte, 1));
  });
  setMinutes(join(path("slot", `${name}/home/${number}`), "ready"), minutes);
}

describe("G5d: what is kept is bounded in bytes", () => {
  test("G5d: what was not used for the longest goes first, slots and outputs alike, and no more than needs be", async () => {
    keepOutput("music/home/old", { mb: 2, minutes: 90 });
    await leaveSlot("jobs", { mb: 2, minutes: 60 });
    keepOutput("music/home/new", { mb: 1, minutes: 30 });
    await leaveSlot("music", { mb: 1, minutes: 10 });
    const gone = await at.world.slots.boundKept();
    expect(gone.map(({ id }) => id)).toEqual(["music/home/old", "jobs/home/1"]);
    expect(readdirSync(path("setup", "music/home"))).toEqual(["new"]);
    expect(existsSync(path("slot", "jobs/home/1"))).toBe(false);
    expect(existsSync(path("slot", "music/home/1"))).toBe(true);
    const kept = await at.world.slots.kept({ anew: false });
    expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(4 * megabyte);
    expect(await at.world.slots.boundKept()).toEqual([]);
    expect(await at.world.store.read((tx) => tx.leases.list())).toEqual([]);
    await leaveSlot("jobs", { mb: 0, minutes: 0 });
  });

  test("G5d: never one that is held, one with work that a dead worker left, or what a slot that is held may have mounted", async () => {
    keepOutput("music/home/mounted", { mb: 2, minutes: 600 });
    keepOutput("jobs/home/mounted", { mb: 2, minutes: 600 });
    await leaveSlot("jobs", { mb: 1, minutes: 500 });
    await at.world.store.write((tx) => tx.notes.put({ id: `${leftInSlot}jobs/home/1`, value: {} }));
    await leaveSlot("music", { mb: 2, minutes: 400 });
    await at.world.slots.withSlot({ repo: repoOf("music"), purpose: "test" }, async () => {
      expect(await at.world.slots.boundKept()).toEqual([]);
      expect((await at.world.slots.kept({ anew: false })).every(({ inUse }) => inUse)).toBe(true);
      expect((await diagnose(at.world, { host: createMachineHost(), checks: [diskAndClock] })).checks).toMatchObject([{ ok: true }]);
    });
    await at.world.store.write((tx) => tx.notes.remove(`${leftInSlot}jobs/home/1`));
    expect((await at.world.slots.boundKept()).map(({ id }) => id).sort()).toEqual(["jobs/home/mounted", "music/home/mounted"]);
  });

  test("G5e: over the bound with all of it in use, the slot that is there is waited for and no other made; both faces say so", async () => {
    await leaveSlot("music", { mb: 5, minutes: 60 });
    await at.world.slots.kept({ anew: true });
    const { slots } = at.world;
    const order: string[] = [];
    let second: Promise<unknown> | undefined;
    await slots.withSlot({ repo: repoOf("music"), purpose: "test" }, async () => {
      second = slots.withSlot({ repo: repoOf("music"), purpose: "test" }, async ({ id }) => order.push(id));
      await slots.withSlot({ repo: repoOf("jobs"), purpose: "test" }, async ({ id }) => {
        order.push(id);
        const [found] = (await diagnose(at.world, { host: createMachineHost(), checks: [diskAndClock] })).checks;
        expect(found).toMatchObject({
          ok: true,
          reason: expect.stringMatching(/over 4 \(limits\.diskMb\) and all of it in use: .*raise limits\.diskMb/),
        });
        expect((await showGate(at.world)).disk).toEqual({ keptMb: 5, limitMb: 4, full: true });
      });
      await delay(300);
      expect(order).toEqual(["jobs/home/1"]);
      expect(existsSync(path("slot", "music/home/2"))).toBe(false);
    });
    await second;
    expect(order).toEqual(["jobs/home/1", "music/home/1"]);
  });

  test("G5e: where some of it can go, it goes for the slot that is asked for", async () => {
    await leaveSlot("jobs", { mb: 5, minutes: 60 });
    await at.world.slots.kept({ anew: true });
    await at.world.slots.withSlot({ repo: repoOf("music"), purpose: "test" }, () =>
      at.world.slots.withSlot({ repo: repoOf("music"), purpose: "test" }, async ({ id }) => expect(id).toBe("music/home/2")),
    );
    expect(existsSync(path("slot", "jobs/home/1"))).toBe(false);
  });

  test("G5d: a slot is counted after its use, not at each look, and again when it was used and ten minutes are over", async () => {
    const bytes = async (anew: boolean) => Math.round(((await at.world.slots.kept({ anew }))[0]?.bytes ?? -1) / megabyte);
    await leaveSlot("music", { mb: 1, minutes: 60 });
    expect(await bytes(false)).toBe(0);
    expect(await bytes(true)).toBe(1);
    await leaveSlot("music", { mb: 3, minutes: -1 });
    expect(await bytes(true)).toBe(1);
    setMinutes(join(path("slot", "music/home/1"), "bytes"), 11);
    expect(await bytes(false)).toBe(1);
    expect(await bytes(true)).toBe(3);
  });

  test("D19: too much kept is a finding with folder, size and remedy; a run's doctor and --fix remove the oldest", async () => {
    const host = createMachineHost();
    const look = async (mend: boolean) => (await diagnose(at.world, { host, mend, checks: [diskAndClock] })).checks[0];
    keepOutput("jobs/home/a", { mb: 3, minutes: 90 });
    expect(await look(false)).toMatchObject({ ok: true, reason: expect.stringMatching(/ 3 MB kept/) });
    keepOutput("jobs/home/b", { mb: 3, minutes: 30 });
    const found = await look(false);
    expect(found).toMatchObject({ ok: false, fix: expect.stringMatching(/mos doctor --fix .* limits\.diskMb/) });
    expect(found?.reason).toContain(`keep 6 MB in ${at.world.workspace.stateDir}, over 4`);
    expect(found?.reason).toContain(`${path("setup", "jobs/home/a")} (3 MB)`);
    expect(await repair(at.world, { host, dryRun: true, checks: [diskAndClock] })).toMatchObject([
      { done: expect.stringMatching(/^would remove/) },
    ]);
    expect(existsSync(path("setup", "jobs/home/a"))).toBe(true);
    expect(await look(true)).toMatchObject({ ok: true });
    expect(readdirSync(path("setup", "jobs/home"))).toEqual(["b"]);
    keepOutput("jobs/home/c", { mb: 3, minutes: 10 });
    const [done] = await repair(at.world, { host, dryRun: false, checks: [diskAndClock] });
    expect(done?.done).toContain(`removed ${path("setup", "jobs/home/b")}`);
    rmSync(path("setup", "jobs/home/c"), { recursive: true });
  });
});

test("G8b: a slot with unfinished work stays where mos.yaml does not have its repository any more; one without goes", async () => {
  await leaveSlot("music", { mb: 0, minutes: 1 });
  await leaveSlot("jobs", { mb: 0, minutes: 1 });
  const ticket = await at.fileReady({ domain: "music", title: "Write c", run: ["true"] });
  const { store, workspace } = at.world;
  await store.write(async (tx) => {
    await applyTransition(tx, ticket, { kind: "claim" }, { actor: "worker:test", reason: "test" });
    await tx.notes.put({ id: `${leftInSlot}music/home/1`, value: { ticket, epoch: 1, base: "0".repeat(40) } });
  });
  const slots = createSlots({ ...at.world, workspace: { ...workspace, domains: [] }, uid: process.getuid?.() ?? -1 });
  expect(await slots.removeStray()).toEqual(["jobs/home/1"]);
  await withdrawTicket(at.world, { id: ticket });
  expect(await slots.removeStray()).toEqual(["music/home/1"]);
});
