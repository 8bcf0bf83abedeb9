import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { collectDenials } from "../../../src/app/collect-denials.ts";
import type { Workspace } from "../../../src/contract/config.ts";
import type { Denial } from "../../../src/contract/denial.ts";
import { spoolDenial, waitingMax } from "../../../src/entry/hook/spool-denial.ts";
import { type HookWorkspace, makeHookWorkspace } from "../../support/make-hook-workspace.ts";

let made: HookWorkspace;
beforeAll(async () => {
  made = await makeHookWorkspace();
});
afterAll(() => made.remove());
beforeEach(() => rmSync(made.spool, { recursive: true, force: true }));

const denial = (tool: string): Denial => ({
  schemaVersion: 1,
  at: "2026-11-20T08:00:00.000Z",
  by: "hook",
  client: "claude",
  role: "executor",
  domain: "music",
  ticket: "MUS-1",
  worktree: made.worktree,
  tool,
  guard: "boundary-guard",
  rule: "P3.1",
  reason: "trading is sealed.",
  remedy: "Stay in your worktree.",
});
const collect = () => collectDenials({ store: made.store, workspace: { stateDir: made.stateDir } as Workspace });
const logged = () => made.store.read((tx) => tx.events({ kind: "guard.denied" }));

describe("the trace of a refusal", () => {
  test("H6: it waits in a file of the operator's own, and is appended once", async () => {
    spoolDenial(made.spool, denial("Read"));
    spoolDenial(made.spool, denial("Bash"));
    const names = readdirSync(made.spool);
    expect(names).toHaveLength(2);
    expect((statSync(made.spool).mode & 0o777).toString(8)).toBe("700");
    for (const name of names) expect((statSync(join(made.spool, name)).mode & 0o777).toString(8)).toBe("600");
    const before = (await logged()).length;
    expect(await collect()).toBe(2);
    expect(await collect()).toBe(0);
    expect(readdirSync(made.spool)).toEqual([]);
    const events = (await logged()).slice(before);
    expect(events.map(({ data }) => data.tool)).toEqual(["Read", "Bash"]);
    expect(events[0]).toMatchObject({
      domain: "music",
      ticket: "MUS-1",
      actor: "mos",
      reason: "trading is sealed.",
      data: { guard: "boundary-guard", rule: "P3.1", agent: { client: "claude", role: "executor" }, by: "hook" },
    });
  });

  test("H6: a crash between the log's write and the file's end writes nothing twice", async () => {
    spoolDenial(made.spool, denial("Read"));
    const [name] = readdirSync(made.spool) as [string];
    const before = (await logged()).length;
    await collect();
    // As if the process had been killed before it removed the file.
    writeFileSync(join(made.spool, name), JSON.stringify(denial("Read")));
    spoolDenial(made.spool, denial("Write"));
    expect(await collect()).toBe(1);
    expect((await logged()).slice(before).map(({ data }) => data.tool)).toEqual(["Read", "Write"]);
    expect(readdirSync(made.spool)).toEqual([]);
  });

  test("H6: several processes that collect at once append each refusal once", async () => {
    for (let at = 0; at < 20; at += 1) spoolDenial(made.spool, denial(`T${at}`));
    const before = (await logged()).length;
    await Promise.all([collect(), collect(), collect(), collect()]);
    expect((await logged()).slice(before).map(({ data }) => data.tool)).toHaveLength(20);
  });

  test("H6: what is no record is logged as such, and never followed or read whole", async () => {
    mkdirSync(made.spool);
    writeFileSync(join(made.spool, "1.json"), "{");
    writeFileSync(join(made.spool, "2.json"), JSON.stringify({ ...denial("Read"), guard: "nobody" }));
    writeFileSync(join(made.spool, "3.json"), JSON.stringify({ ...denial("Read"), reason: "r".repeat(70_000) }));
    symlinkSync("/dev/zero", join(made.spool, "4.json"));
    const before = (await logged()).length;
    expect(await collect()).toBe(4);
    expect((await logged()).slice(before).map(({ reason }) => reason)).toEqual(
      Array(4).fill("a hook's record of a refusal could not be read"),
    );
    expect(readdirSync(made.spool)).toEqual([]);
  });

  test("H6: what comes after two thousand is counted", async () => {
    mkdirSync(made.spool);
    for (let at = 0; at < waitingMax; at += 1) writeFileSync(join(made.spool, `.${at}`), "");
    for (let at = 0; at < 3; at += 1) spoolDenial(made.spool, denial("Read"));
    expect(readdirSync(made.spool)).toHaveLength(waitingMax + 1);
    await collect();
    expect((await logged()).at(-1)).toMatchObject({ data: { lost: 3 } });
  });

  test("H6: nowhere to write is no error", () => {
    expect(() => spoolDenial("/proc/nowhere/spool", denial("Read"))).not.toThrow();
    writeFileSync(made.spool, "in the way");
    expect(() => spoolDenial(made.spool, denial("Read"))).not.toThrow();
  });
});
