import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createModelRuntime, type ModelRuntimeConfig } from "../../../src/adapter/runtime-model/model-runtime.ts";
import { type ScriptedModelArgs, startScriptedModel } from "../../../src/adapter/scripted-model/start-scripted-model.ts";
import type { ToolCall } from "../../../src/contract/policy.ts";
import type { Play, Played, RoleRuntime } from "../../../src/port/role-runtime.ts";
import type { Slot, SlotRun } from "../../../src/port/slot.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

const key = "canary-key-0123456789abcdef";
const base: ModelRuntimeConfig = { kind: "model", provider: "anthropic", model: "scripted", keyEnv: "SOME_KEY" };

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-model-");
  mkdirSync(join(folder.path, "tree"));
});
afterEach(() => folder.remove());

/** Commands run in a plain folder: what a box holds is the conformance suite's matter. */
function makeSlot(runs: SlotRun[]): Slot {
  const run = async (asked: SlotRun) => {
    runs.push(asked);
    const ran = spawnSync("sh", ["-c", asked.command], {
      cwd: join(folder.path, "tree"),
      env: { PATH: process.env.PATH, ...asked.env },
      input: asked.input ?? "",
      encoding: "utf8",
    });
    const { stdout, stderr, status: exitCode } = ran;
    return { exitCode, endedBy: "exit" as const, stdout, stderr, truncated: false, ms: 1 };
  };
  return { run } as unknown as Slot;
}

async function play(args: {
  script: ScriptedModelArgs["script"];
  config?: Partial<ModelRuntimeConfig>;
  how?: Partial<Play>;
  runtime?: RoleRuntime;
}): Promise<{
  played: Played;
  runs: SlotRun[];
  asked: ToolCall[];
  transcript: string;
  requests: readonly { headers: object; body: unknown }[];
}> {
  const model = await startScriptedModel({ script: args.script });
  const runs: SlotRun[] = [];
  const asked: ToolCall[] = [];
  const runtime =
    args.runtime ??
    createModelRuntime({
      name: "model",
      config: { ...base, baseUrl: `${model.url}/v1`, ...args.config },
      readKey: (variable) => (variable === "SOME_KEY" ? key : undefined),
    });
  const transcript = join(folder.path, "run.jsonl");
  try {
    const played = await runtime.play({
      id: "run-1",
      role: "executor",
      domain: "music",
      system: "Be good.",
      prompt: "Do it.",
      tools: ["read", "search", "edit", "write", "run"],
      outputSchema: { type: "object" },
      slot: makeSlot(runs),
      writable: true,
      readOnly: [],
      limits: { wallMs: 20_000, turns: 20, requests: 20, tokens: 100_000, transcriptBytes: 200_000 },
      ask: async (call) => {
        asked.push(call);
        return { decision: "allow" };
      },
      onUsage: () => undefined,
      onOutcome: () => undefined,
      transcript,
      signal: new AbortController().signal,
      ...args.how,
    });
    return { played, runs, asked, transcript: readFileSync(transcript, "utf8"), requests: model.requests() };
  } finally {
    await model.close();
  }
}
const use = (name: string, input: Record<string, unknown>) => ({ tools: [{ name, input }] });
const end = use("hand_in", { outcome: "done" });

describe("a model behind an address", () => {
  test("RT30: each tool is asked of the guards in the words that they know, and runs in the slot", async () => {
    writeFileSync(join(folder.path, "tree/song.txt"), "one\n");
    const { played, runs, asked } = await play({
      script: {
        default: [
          use("read", { path: "song.txt" }),
          use("search", { pattern: "one" }),
          use("edit", { path: "song.txt", old: "one", new: "two" }),
          use("write", { path: "new.txt", content: "x" }),
          use("run", { command: "cat new.txt" }),
          end,
        ],
      },
    });
    expect(played).toMatchObject({ kind: "done", output: { outcome: "done" }, turns: 6, toolCalls: { read: 1, run: 1, hand_in: 1 } });
    expect(asked.map(({ tool, input }) => [tool, input])).toEqual([
      ["Read", { file_path: "song.txt" }],
      ["Grep", { pattern: "one", path: "." }],
      ["Edit", { file_path: "song.txt", old_string: "one", new_string: "two" }],
      ["Write", { file_path: "new.txt", content: "x" }],
      ["mcp__mos__run", { command: "cat new.txt" }],
    ]);
    expect(runs.map(({ writable }) => writable)).toEqual([false, false, true, true, true]);
    expect(readFileSync(join(folder.path, "tree/song.txt"), "utf8")).toBe("two\n");
  });

  test("RT30: a role is offered its tools alone, and none that writes where it may not", async () => {
    const offered = async (how: Partial<Play>) => {
      const { requests } = await play({ script: { default: [end] }, how });
      const [first] = requests as readonly { body: { tools: { name: string }[] } }[];
      return first?.body.tools.map(({ name }) => name);
    };
    expect(await offered({})).toEqual(["read", "search", "edit", "write", "run", "hand_in"]);
    expect(await offered({ writable: false })).toEqual(["read", "search", "run", "hand_in"]);
    expect(await offered({ tools: ["search", "read"] })).toEqual(["read", "search", "hand_in"]);
  });

  test("RT30: a call of the wrong form runs nothing, and the model is told what is wrong", async () => {
    const { runs, asked, requests } = await play({
      script: { default: [use("run", { cmd: "ls" }), use("read", { path: "a\0b" }), use("edit", { path: "a", old: "", new: "x" }), end] },
    });
    expect(runs).toEqual([]);
    expect(asked).toEqual([]);
    expect(JSON.stringify(requests[1]?.body)).toContain("was called wrongly");
  });

  test("RT30: guards that fail or refuse let nothing through", async () => {
    const denied = { decision: "deny", guard: "boundary-guard", rule: "P3.1", reason: "no", remedy: "another" } as const;
    const { runs, played } = await play({
      script: { default: [use("run", { command: "touch made" }), end] },
      how: { ask: async () => denied },
    });
    expect(runs).toEqual([]);
    expect(played.kind).toBe("done");
    expect(existsSync(join(folder.path, "tree/made"))).toBe(false);
  });

  test("RT30: what a command printed is bounded on its way to the model", async () => {
    const { requests } = await play({ script: { default: [use("run", { command: "yes | head -c 800000" }), end] } });
    expect(JSON.stringify(requests[1]?.body).length).toBeLessThan(140_000);
  });

  test("RT30: output is handed in after the other calls of the same answer were made", async () => {
    const { played, runs } = await play({ script: { default: [{ tools: [...end.tools, ...use("run", { command: "true" }).tools] }] } });
    expect(played.kind).toBe("done");
    expect(runs.length).toBe(1);
  });

  test("RT14: what a broken answer had read is counted, and so is each request that the provider refused", async () => {
    const usage = { input: 70, output: 9, cacheRead: 40, cacheWrite: 3 };
    const cut = await play({ script: { default: [{ ...end, cut: true, times: 1, usage }] } });
    expect(cut.played).toMatchObject({
      kind: "done",
      usage: { requests: 2, inputTokens: 140, cacheReadTokens: 80, cacheWriteTokens: 6 },
    });
    // What came before it broke is estimated: how much that was nobody said.
    expect(cut.played.usage.outputTokens).toBeGreaterThan(9);
    const refused = await play({ script: { default: [{ ...end, status: 529, retryAfterSeconds: 0, times: 1, usage }] } });
    expect(refused.played).toMatchObject({ kind: "done", usage: { requests: 2, inputTokens: 70, cacheReadTokens: 40 } });
  });

  test.each([
    ["requests", { requests: 3 }],
    ["tokens", { tokens: 55 }],
    ["turns", { turns: 3 }],
  ])("RT15: the limit of %s ends a run, with what it used", async (_name, limit) => {
    const { played, runs } = await play({
      script: { default: Array.from({ length: 30 }, (_, at) => use("run", { command: `echo ${at}` })) },
      how: { limits: { wallMs: 20_000, turns: 20, requests: 20, tokens: 100_000, transcriptBytes: 200_000, ...limit } },
    });
    expect(played).toMatchObject({ kind: "failed", failure: "budget", usage: { requests: 3 } });
    expect(runs.length).toBeLessThanOrEqual(3);
  });

  test("RT35: a run goes on with the conversation that it names, once, and another role's or domain's with nobody's", async () => {
    const script = { default: [use("run", { command: "echo first" }), { text: "I forgot." }, end] };
    const model = await startScriptedModel({ script });
    const runtime = createModelRuntime({ name: "m", config: { ...base, baseUrl: `${model.url}/v1` }, readKey: () => key });
    const first = await play({ script, runtime });
    expect(first.played).toMatchObject({ kind: "failed", failure: "no-output", conversation: expect.any(String) });
    const { conversation } = first.played as { conversation: string };
    const stranger = await play({ script, runtime, how: { id: "run-2", domain: "agency", conversation } });
    expect(stranger.played).toMatchObject({ kind: "failed", failure: "no-output" });
    const second = await play({ script, runtime, how: { id: "run-3", conversation, prompt: "Hand it in." } });
    expect(second.played).toMatchObject({ kind: "done", turns: 1 });
    const said = JSON.stringify(model.requests().at(-1)?.body);
    expect(said).toContain("echo first");
    expect(said).toContain("Hand it in.");
    const third = await play({ script, runtime, how: { id: "run-4", conversation } });
    expect(third.played).toMatchObject({ kind: "failed", turns: 2 });
    await model.close();
  });

  test("RT31: a model that says its own key in a call ends the run, and nothing of it is done or kept", async () => {
    const { played, runs, transcript } = await play({ script: { default: [use("write", { path: "a", content: btoa(key) }), end] } });
    expect(played).toMatchObject({ kind: "failed", failure: "secret", refusal: { message: expect.any(String) } });
    expect(runs).toEqual([]);
    expect(transcript).not.toContain(btoa(key).slice(0, 20));
  });

  test("RT31: the key is that of the variable that mos.yaml names; the SDK's own variables are not looked at", async () => {
    const before = process.env.ANTHROPIC_API_KEY;
    process.env.ANTHROPIC_API_KEY = "of-somebody-else";
    try {
      const named = await play({ script: { default: [end] } });
      expect(JSON.stringify(named.requests[0]?.headers)).toContain(key);
      const unnamed = await play({ script: { default: [end] }, config: { keyEnv: "OTHER" } });
      expect(JSON.stringify(unnamed.requests.map(({ headers }) => headers))).not.toMatch(/of-somebody-else|canary/);
    } finally {
      if (before === undefined) delete process.env.ANTHROPIC_API_KEY;
      else process.env.ANTHROPIC_API_KEY = before;
    }
  });

  test("RT31: no redirect is followed", async () => {
    let elsewhere = 0;
    const other = createServer((_request, response) => {
      elsewhere += 1;
      response.end("{}");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const there = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/messages`;
    const first = createServer((_request, response) => response.writeHead(307, { location: there }).end());
    await new Promise<void>((resolve) => first.listen(0, "127.0.0.1", resolve));
    const { played } = await play({
      script: {},
      config: { baseUrl: `http://127.0.0.1:${(first.address() as AddressInfo).port}/v1` },
      how: { limits: { wallMs: 5000, turns: 2, requests: 2, tokens: 100, transcriptBytes: 10_000 } },
    });
    expect(played.kind).toBe("failed");
    expect(elsewhere).toBe(0);
    for (const server of [first, other]) {
      server.closeAllConnections();
      server.close();
    }
  });

  test.each([
    [{ keyEnv: "NOT_SET" }, "NOT_SET"],
    [{ keyEnv: undefined, baseUrl: undefined }, "keyEnv"],
    [{ provider: "openai-compatible" as const, baseUrl: undefined }, "baseUrl"],
  ])("RT31: what is missing is said before a run begins (%o)", async (change, named) => {
    const config = Object.fromEntries(Object.entries({ ...base, ...change }).filter(([, value]) => value !== undefined));
    const runtime = createModelRuntime({
      name: "model",
      config: config as unknown as ModelRuntimeConfig,
      readKey: (variable) => (variable === "SOME_KEY" ? key : ""),
    });
    expect(await runtime.ready()).toMatchObject({ ok: false, clears: expect.stringContaining(named) });
  });

  test("RT34: the runtime's own modules load nothing of the SDK", () => {
    const file = join(import.meta.dirname, "../../../src/adapter/runtime-model");
    const sources = spawnSync("grep", ["-rhE", '^import .*from "(ai|@ai-sdk/[a-z-]+)"', file], { encoding: "utf8" })
      .stdout.trim()
      .split("\n");
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((line) => !line.startsWith("import type "))).toEqual([]);
  });
});
