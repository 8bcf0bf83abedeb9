import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { judgeSupport } from "../../../src/app/role/judge-support.ts";
import type { Capability, CapabilityMap } from "../../../src/contract/capability.ts";
import type { AgentClient } from "../../../src/port/agent.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";
import { scriptRuntime } from "../../support/scripted-runtime.ts";

let opened: WikiWorld;
beforeEach(async () => {
  opened = await makeWikiWorld({ music: { prefix: "MUS", files: {} } });
});
afterEach(() => opened.remove());

const at = "2026-11-20T08:00:00.000Z";
const row: Capability = {
  ...{ runtime: "claude", version: "2.1.330", agent: "scout", offered: ["Read"], works: ["read"], refused: [], open: [], calls: [] },
  ...{ spawns: false, spawnLevels: 0, asks: false, hooks: "blocks", hooksBlock: true, structuredOutput: true, resumes: true },
  ...{ cost: "dollars", observedAt: at },
};
const seen: CapabilityMap = { runtime: "claude", version: "2.1.330", start: "s", observedAt: at, rows: [row], missed: [] };
const claude = { ...scriptRuntime("claude", []), client: {} as AgentClient };
const judge = (
  runtime = claude as Parameters<typeof judgeSupport>[1]["runtime"],
  version = "2.1.330",
  role = "scout" as "scout" | "executor",
) => judgeSupport(opened.world, { role, runtime, version });
const keep = (value: unknown) => opened.world.store.write((tx) => tx.notes.put({ id: "capability:claude", value }));

describe("whether a runtime was seen to be able", () => {
  test("R4: a client plays what it was seen to be able to play, in the version that it was seen in", async () => {
    expect(await judge()).toMatchObject({ ok: false, clears: expect.stringContaining("mos agents probe --runtime claude") });
    await keep(seen);
    expect(await judge()).toMatchObject({ ok: true });
    expect(await judge(claude, "2.1.331")).toMatchObject({ ok: false });
    expect(await judge(claude, "2.1.330", "executor")).toMatchObject({ ok: false });
  });

  test("R4: what is kept in another shape was not seen", async () => {
    for (const value of [undefined, {}, "seen", { ...seen, rows: [{ ...row, open: "none" }] }]) {
      await keep(value ?? null);
      expect(await judge()).toMatchObject({ ok: false });
    }
  });

  test("R4: tools of our own need no probe; an agent by configuration does", async () => {
    expect(await judge(scriptRuntime("own", []))).toMatchObject({ ok: true });
    const acp = { kind: "acp" as const, command: ["goose"], protocol: "openai-chat" as const, env: {}, files: {} };
    opened.world.workspace.config.runtimes.goose = acp;
    expect(await judge(scriptRuntime("goose", []))).toMatchObject({ ok: false });
  });
});
