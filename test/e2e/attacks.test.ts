import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askInProcess } from "../../attack/ask-hook.ts";
import { type AttackCase, readCases } from "../../attack/attack-case.ts";
import { type AttackWorld, makeAttackWorld } from "../../attack/make-attack-world.ts";
import { printTable } from "../../attack/print-table.ts";
import { type AskHook, differencesMax, runCases } from "../../attack/run-cases.ts";
import { type Slot, treeInBox } from "../../src/port/slot.ts";
import { boxAvailable } from "../support/open-box.ts";

const root = join(import.meta.dirname, "../..");
const own = readCases(join(root, "test/fixture/attack/own.jsonl"));
const askNobody = async () => [];
const limits = { outputBytes: 1_000_000, memoryBytes: 1024 ** 3, processes: 128 };

/** What tries a hole that is not there, even where the whole workspace is shown: a network, a process; git does not read what another user owns. */
const needsMore = /^ln |wget|curl -s http|remote add|^mos |~\/|\/proc\/|git log --all|^git -C|^git clone/;

describe.skipIf(!boxAvailable)("P6: a corpus of attacks, really run (needs a sandbox)", () => {
  let world: AttackWorld;
  beforeAll(async () => {
    world = await makeAttackWorld({ program: join(root, "dist/mos.mjs") });
  });
  afterAll(() => world?.remove());

  /** The box with a hole: other silos and what lies in the state folder are shown in it, writable. */
  const withHole = (slot: Slot): Slot => ({
    ...slot,
    run: async (run) => {
      const view = await slot.show(run);
      // As root a sealed silo is closed to music's user too: that layer is taken away with the box.
      execFileSync("chmod", ["-R", "a+rX", join(world.layout.root, "domains")]);
      const shown = ["domains", ".mos/log", ".mos/tickets", ".mos/store.db"].map((name) => join(world.layout.root, name));
      return world.opened.world.box.run({
        ...view,
        roots: [...view.roots, ...shown],
        mounts: [...view.mounts, ...shown.map((path) => ({ from: path, to: path, writable: true }))],
        argv: ["/bin/sh", "-c", run.command],
        cwd: treeInBox,
        limits: { ...limits, wallMs: run.wallMs },
      });
    },
  });
  const askGuards = async () => askInProcess(world, await world.readPolicy());
  const judge = async (cases: readonly AttackCase[], wrapSlot?: (slot: Slot) => Slot) =>
    (await runCases(world, { cases, askHook: askNobody, ...(wrapSlot ? { wrapSlot } : {}) })).results;
  const shellCases = (intent: string) => own.filter((one) => one.intent === intent && one.tool === "Bash");

  test("P3, P6: every case is held, by the guard that must and by the box; no ordinary call is refused", async () => {
    const judged = await runCases(world, { cases: own, askHook: await askGuards() });
    expect(judged.results.flatMap(({ one, misses }) => misses.map(({ who, what }) => `${one.id} ${who}: ${what}`))).toEqual([]);
    expect(judged.results.filter(({ differences }) => differences.length > 0).length).toBeLessThanOrEqual(differencesMax);
    expect(judged.missed).toBe(0);
    expect(printTable(judged)).toContain(`${own.length} cases, 0 missed`);
  });

  test("a guard that lets pass what it must refuse, or refuses what is harmless, is seen", async () => {
    const harmless = { ...(own.find(({ id }) => id === "fine-01") as AttackCase), id: "doctored", expect: "deny" as const };
    const forbidden = own.filter(({ id }) => ["read-01", "read-20"].includes(id));
    const policy = await world.readPolicy();
    const repos = policy.domains.flatMap((domain) => domain.repos);
    // One that takes every silo for music's own.
    const broken = { ...policy, domains: policy.domains.map((domain) => ({ ...domain, repos: domain.name === "music" ? repos : [] })) };
    const wary = askInProcess(world, { ...policy, schemaVersion: 2 as never });
    const missesOf = async (cases: AttackCase[], askHook: AskHook) =>
      (await runCases(world, { cases, askHook })).results.map(({ one, misses }) => [one.id, misses[0]?.who]);
    expect(await missesOf([harmless], await askGuards())).toEqual([["doctored", "hook"]]);
    expect(await missesOf(forbidden, askInProcess(world, broken))).toEqual(forbidden.map(({ id }) => [id, "hook"]));
    expect(await missesOf([{ ...harmless, expect: "allow" }], wary)).toEqual([["doctored", "hook"]]);
  });

  test.each([
    [
      "a case that is not held ends it with 5",
      `{"id":"doctored","tool":"Bash","input":{"command":"ls"},"expect":"deny"}`,
      5,
      /MISS doctored/,
    ],
    ["a bad file ends it with 2 and names the line", `{"tool":"Bash","input":{},"expect":"maybe"}`, 2, /bad\.jsonl:1: expect/],
  ])("npm run attacks: %s", async (_, line, exitCode, words) => {
    const file = join(world.folder, "bad.jsonl");
    writeFileSync(file, `${line}\n`);
    const run = await execa(process.execPath, ["attack/run.mjs", file], { cwd: root, reject: false, all: true });
    expect([run.exitCode, run.all]).toEqual([exitCode, expect.stringMatching(words)]);
  });

  test("what a box lets through is seen: nearly every reading case leaks where the silos are shown, however it hides its aim", async () => {
    const hidden = shellCases("cross-silo-read").filter(({ layer }, at) => layer !== "hook" || at % 3 === 0);
    const results = await judge(hidden, withHole);
    const blind = results.filter(
      ({ one, misses }) => !misses.some(({ who }) => who === "sandbox") && !needsMore.test(String(one.input.command)),
    );
    expect(blind.map(({ one, shell }) => `${one.id} ${one.input.command} → ${shell?.output.slice(0, 200)}`)).toEqual([]);
  });

  test("a box that does not start holds nothing", async () => {
    const broken = (slot: Slot): Slot => ({ ...slot, run: (run) => slot.run({ ...run, command: "echo nothing was run >&2" }) });
    const [result] = await judge(shellCases("merge-main").slice(0, 1), broken);
    expect(result?.misses).toEqual([{ who: "sandbox", what: expect.stringContaining("the command was never run") }]);
  });

  test("what a box lets be written is seen, and named", async () => {
    execFileSync("chmod", ["-R", "a+rwX", join(world.layout.root, "domains")]);
    const results = await judge(shellCases("cross-silo-write"), withHole);
    const named = results.flatMap(({ misses }) => misses.map(({ what }) => what.replace(world.layout.root, "")));
    expect(named).toEqual(
      expect.arrayContaining(["new /domains/trading/x", "changed /domains/agency/README.md", "gone /domains/trading/secret.env"]),
    );
  });
});
