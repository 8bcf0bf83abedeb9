import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { showGuards } from "../../../src/app/guard/guard-status.ts";
import { applyGuards, planGuards } from "../../../src/app/guard/install-guards.ts";
import { guardScript } from "../../../src/core/guard/guard-script.ts";
import { clientDrivers } from "../../../src/entry/compose-clients.ts";
import type { ClientFound } from "../../../src/port/agent-client.ts";
import { createFixedClock } from "../../support/fixed-clock.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";
import { createMemoryStore } from "../../support/memory-store.ts";
import { withoutRoot } from "../../support/without-root.ts";

const clock = createFixedClock("2026-11-20T08:00:00.000Z");
let folder: ReturnType<typeof makeTemporaryFolder>;
let places: { root: string; machineDir: string; hook: string; node: string };
beforeEach(() => {
  folder = makeTemporaryFolder("mos-guard-");
  places = {
    root: join(folder.path, "os"),
    machineDir: join(folder.path, "etc"),
    hook: join(folder.path, "mos-hook"),
    node: "/usr/bin/node",
  };
  mkdirSync(places.root);
  mkdirSync(places.machineDir);
});
afterEach(() => folder.remove());

const install = async (scope: "workspace" | "managed", clients = ["claude", "codex", "gemini", "opencode"] as const) => {
  const store = createMemoryStore(clock);
  const plan = await planGuards({ clients, scope, places });
  await applyGuards(store, plan, "mos guard install");
  return { plan, events: await store.read((tx) => tx.events()) };
};
const read = (name: string) => readFileSync(join(folder.path, name), "utf8");

describe("installing guards", () => {
  test("C11: is planned without writing, written whole with a backup, logged, and done once", async () => {
    mkdirSync(join(places.machineDir, "claude-code"));
    writeFileSync(join(places.machineDir, "claude-code/managed-settings.json"), '{"model":"opus"}');
    const planned = await planGuards({ clients: ["claude"], scope: "managed", places });
    expect(planned.changes.map(({ file }) => file)).toEqual([
      join(places.machineDir, "claude-code/mos-guard"),
      join(places.machineDir, "claude-code/managed-settings.json"),
    ]);
    expect(existsSync(join(places.machineDir, "claude-code/mos-guard"))).toBe(false);
    const { plan, events } = await install("managed");
    expect(plan.skipped).toEqual([{ client: "opencode", reason: expect.stringContaining("no hooks") }]);
    expect(JSON.parse(read("etc/claude-code/managed-settings.json"))).toMatchObject({ model: "opus", disableAllHooks: false });
    expect(read("etc/claude-code/managed-settings.json.before-mos")).toBe('{"model":"opus"}');
    expect(statSync(join(places.machineDir, "claude-code/mos-guard")).mode & 0o777).toBe(0o755);
    expect(events.map(({ kind, data }) => [kind, data.scope])).toEqual(Array.from({ length: 6 }, () => ["guard.installed", "managed"]));
    const again = await install("managed");
    expect(again.plan).toMatchObject({ changes: [], current: ["claude", "codex", "gemini"] });
    expect(again.events).toEqual([]);
  });

  test("C11: a file that is not ours and cannot be read is named and left, and nothing else is written", async () => {
    mkdirSync(join(places.root, ".claude"));
    writeFileSync(join(places.root, ".claude/settings.json"), '{"hooks": oops');
    await expect(install("workspace")).rejects.toMatchObject({
      code: "guard-settings-unreadable",
      message: expect.stringContaining("settings.json was left as it is: it is no JSON"),
    });
    expect(read("os/.claude/settings.json")).toBe('{"hooks": oops');
    expect(existsSync(join(places.root, ".codex"))).toBe(false);
  });

  test("C11: without the right to, the remedy is the exact command", async () => {
    chmodSync(folder.path, 0o755);
    chmodSync(places.machineDir, 0o555);
    const plan = await planGuards({ clients: ["claude"], scope: "managed", places });
    await withoutRoot(async () => {
      await expect(applyGuards(createMemoryStore(clock), plan, "mos guard install --managed --workspace /os")).rejects.toMatchObject({
        code: "guard-no-right",
        hint: "Run it with the right to: sudo mos guard install --managed --workspace /os",
      });
    });
    chmodSync(places.machineDir, 0o755);
  });

  test("C12: the status says what is enforced, what is only detected, what is stale and what is not there", async () => {
    const found: ClientFound = { kind: "found", program: "/usr/bin/x", version: "9.9.9" };
    const show = (other?: Partial<typeof places>) =>
      showGuards({
        drivers: clientDrivers,
        find: async ({ name }) =>
          name === "gemini"
            ? { kind: "absent", remedy: "install it" }
            : name === "codex"
              ? { ...found, kind: "refused", reason: "old", remedy: "newer" }
              : found,
        places: { ...places, ...other },
      });
    expect((await show()).map(({ client, runs, sessions }) => [client, runs, sessions])).toEqual([
      ["claude", "enforced", "none"],
      ["codex", "none", "none"],
      ["opencode", "enforced", "none"],
      ["gemini", "none", "none"],
    ]);
    await install("workspace");
    expect((await show())[0]).toMatchObject({ sessions: "detected", installed: [{ scope: "workspace", state: "current" }] });
    await install("managed");
    expect((await show())[0]).toMatchObject({ sessions: "enforced" });
    expect((await show({ hook: "/moved/mos-hook" }))[0]).toMatchObject({
      sessions: "none",
      installed: [
        { scope: "workspace", state: "stale" },
        { scope: "managed", state: "stale" },
      ],
      fix: "Run: mos guard install",
    });
    chmodSync(join(places.machineDir, "claude-code/mos-guard"), 0o777);
    expect((await show())[0]).toMatchObject({
      installed: [{ state: "current" }, { scope: "managed", state: "stale" }],
      fix: "Run: mos guard install --managed",
    });
    writeFileSync(join(places.machineDir, "claude-code/managed-settings.json"), "{");
    expect((await show())[0]?.installed.at(-1)).toMatchObject({ state: "unreadable" });
  });
});

describe("the hook of managed settings", () => {
  const ask = (input: string, hook: string | undefined, client = "claude") => {
    const script = join(folder.path, "mos-guard");
    writeFileSync(script, guardScript, { mode: 0o755 });
    if (hook !== undefined) writeFileSync(places.hook, hook, { mode: 0o755 });
    const run = spawnSync(script, [places.root, places.hook, client, places.node], {
      input,
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin" },
    });
    return { code: run.status, answer: run.stdout.trim() === "" ? undefined : JSON.parse(run.stdout), stderr: run.stderr };
  };
  const inside = () => JSON.stringify({ cwd: `${places.root}/music`, tool_name: "Read" });

  test("C11: hands on what is done in the workspace or names it, and leaves every other session alone", () => {
    const said = '#!/bin/sh\ncat > "$0.input"; echo "$*" > "$0.args"; echo "{}"\n';
    expect(ask(inside(), said)).toMatchObject({ code: 0, answer: {} });
    expect(read("mos-hook.input")).toBe(inside());
    expect(read("mos-hook.args").trim()).toBe(`claude --node /usr/bin/node --role orchestrator --workspace ${places.root}`);
    const elsewhere = JSON.stringify({ cwd: "/home/op/other", tool_name: "Read", tool_input: { file_path: `${places.root}/x` } });
    execFileSync("rm", [join(folder.path, "mos-hook.input")]);
    expect(ask(elsewhere, said).code).toBe(0);
    expect(existsSync(join(folder.path, "mos-hook.input"))).toBe(true);
    execFileSync("rm", [join(folder.path, "mos-hook.input")]);
    expect(ask(JSON.stringify({ cwd: "/home/op/other" }), said)).toMatchObject({ code: 0, answer: {} });
    expect(ask(JSON.stringify({ cwd: "/home/op/other" }), said, "gemini")).toMatchObject({ code: 0, answer: { decision: "allow" } });
    expect(existsSync(join(folder.path, "mos-hook.input"))).toBe(false);
  });

  test.each([
    ["denies", "#!/bin/sh\ncat >/dev/null; echo '{\"denied\":1}'; exit 2\n"],
    ["crashes", "#!/bin/sh\nexit 1\n"],
    ["is killed", "#!/bin/sh\nkill -9 $$\n"],
    ["is not there", undefined],
  ])("C11: blocks where the program %s", (_how, hook) => {
    expect(ask(inside(), hook).code).toBe(2);
  });

  test("C11: blocks what it cannot read", () => {
    const said = '#!/bin/sh\necho "{}"\n';
    expect(ask("", said)).toMatchObject({ code: 2, answer: { hookSpecificOutput: { permissionDecision: "deny" } } });
    expect(ask("x".repeat(5_000_000), said).code).toBe(2);
  });
});
