import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { unblockTicket } from "../../../src/app/unblock-ticket.ts";
import type { AgentRun, Usage } from "../../../src/contract/agent.ts";
import type { Play } from "../../../src/port/role-runtime.ts";
import type { RoleInput, RoleRequest } from "../../../src/port/roles.ts";
import type { Slot } from "../../../src/port/slot.ts";
import { readLocalDay } from "../../../src/stage/scout/local-day.ts";
import { sweepWorkspace } from "../../../src/stage/sweep/sweep-workspace.ts";
import { makeRoleWorld } from "../../support/make-role-world.ts";
import { sampleTicket } from "../../support/sample-records.ts";
import { doneOutput, scriptRuntime } from "../../support/scripted-runtime.ts";

const tokens = (inputTokens: number, requests = 1): Usage => ({
  ...{ requests, inputTokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
});
const task: RoleInput = { title: "Ticket MUS-1", text: "write a song", trust: "operator" };
const today = () => readLocalDay(new Date().toISOString());
type Turn = (play: Play) => Promise<Awaited<ReturnType<ReturnType<typeof scriptRuntime>["play"]>>>;

async function open(turns: readonly Turn[], config: Record<string, unknown>, ofDomain: Record<string, unknown> = {}) {
  const runtime = scriptRuntime("script", turns);
  const world = makeRoleWorld({
    config: { roles: { executor: { runtime: "script", model: "small" } }, ...config },
    domains: { music: { prefix: "MUS", ...ofDomain }, trading: { prefix: "TRA" } },
    roleRuntimes: { script: runtime },
  });
  const slotOf = (domain: string) =>
    ({ id: "s", repo: { domain }, show: async () => ({ mounts: [], roots: [], tmpfs: [] }) }) as unknown as Slot;
  const play = (more: Partial<RoleRequest<"executor">> = {}) =>
    world.roles.play({
      ...{ role: "executor", domain: "music", input: [task], readOnly: [], signal: new AbortController().signal },
      slot: slotOf(more.domain ?? "music"),
      ...more,
    });
  const rows = () => world.store.read((tx) => tx.agentRuns.list());
  const seed = (id: string, given: Partial<AgentRun>) =>
    world.store.write((tx) =>
      tx.agentRuns.put({
        ...{ id, domain: "music", role: "executor", attempt: 1, runtime: "script", model: "small", owner: "o", state: "done" },
        ...{ message: "", usage: tokens(0), turns: 0, toolCalls: {}, denied: 0, startedAt: new Date().toISOString(), day: today() },
        ...given,
      }),
    );
  return { world, runtime, play, rows, seed };
}

/** A run that answers with these usages in turn, until it is told to end. */
const use =
  (...usages: readonly Usage[]): Turn =>
  async (play) => {
    let usage = tokens(0, 0);
    for (const next of usages) {
      usage = next;
      const word = play.onUsage(usage);
      if (word !== undefined && next !== usages.at(-1))
        return { kind: "failed", failure: "died", message: "exit 1", usage, turns: 1, toolCalls: {} };
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return { kind: "done", output: doneOutput, text: "", usage, turns: 1, toolCalls: {} };
  };

describe("budgets", () => {
  test("V3: what the readme shows lets every role that it names begin", async () => {
    const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
    const shown = parse(/```yaml\n(roles:[\s\S]*?)```/.exec(readme)?.[1] ?? "");
    expect(Object.keys(shown.roles)).toEqual(["scout", "executor", "verifier"]);
    const names = ["claude", "codex", "local"];
    const world = makeRoleWorld({
      config: shown,
      domains: { music: { prefix: "MUS" } },
      roleRuntimes: Object.fromEntries(names.map((name) => [name, scriptRuntime(name, [])])),
    });
    for (const role of ["scout", "executor", "verifier"] as const) expect(await world.roles.ready(role, "music")).toEqual({ ok: true });
    const { prices: _, ...unpriced } = shown;
    const poor = makeRoleWorld({
      config: unpriced,
      domains: { music: { prefix: "MUS" } },
      roleRuntimes: { claude: scriptRuntime("claude", []) },
    });
    expect(await poor.roles.ready("scout", "music")).toMatchObject({ ok: false, failure: "budget" });
  });

  test("V3: whether a run may start is asked with the price of the model that would be used", async () => {
    const price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 };
    const { world, play, seed } = await open([use(tokens(1))], { budgets: { day: { usd: 1 } }, prices: { small: price } });
    expect(await world.roles.ready("executor", "music")).toEqual({ ok: true });
    expect(await play()).toMatchObject({ kind: "done" });
    await seed("earlier", { usage: tokens(1_000_000) });
    expect(await world.roles.ready("executor", "music")).toMatchObject({ ok: false, failure: "budget" });
  });

  test("V3: a run that goes over its own tokens is ended, as budget whatever its client makes of it, and names the line", async () => {
    const { play, rows } = await open([use(tokens(60), tokens(120), tokens(900))], { budgets: { run: { tokens: 100 } } });
    expect(await play()).toMatchObject({
      kind: "failed",
      failure: "budget",
      message: "run-1 has used up its 100 tokens (budgets.run.tokens)",
      clears: "budgets.run.tokens in mos.yaml is raised",
      run: { state: "failed", failure: "budget", usage: tokens(120) },
    });
    expect(await rows()).toHaveLength(1);
  });

  test("V3: work that was done with the last of a budget is done, and nothing starts after it", async () => {
    const { play, world } = await open([use(tokens(100))], { budgets: { ticket: { tokens: 100 } } });
    const ticket = { id: "MUS-1", epoch: 1 };
    expect(await play({ ticket })).toMatchObject({ kind: "done" });
    const refused = { failure: "budget", clears: "budgets.ticket.tokens in mos.yaml is raised" };
    expect(await play({ ticket })).toMatchObject({
      kind: "failed",
      ...refused,
      message: "MUS-1 has used up its 100 tokens (budgets.ticket.tokens)",
    });
    expect(await play({ ticket: { id: "MUS-2", epoch: 1 } }).catch((error) => error.message)).toMatch(/no turn/);
    expect(await world.roles.ready("executor", "music")).toEqual({ ok: true });
  });

  test("V3: the smallest of run, ticket, domain and day is what a run is given, and the time that its stage leaves", async () => {
    const budgets = { run: { tokens: 1000, seconds: 60 }, ticket: { tokens: 500 }, domainDay: { tokens: 400 }, day: { tokens: 450 } };
    const { play, runtime, seed } = await open([use(tokens(1)), use(tokens(1))], { budgets });
    await seed("old-1", { usage: tokens(100), ticket: "MUS-1" });
    await seed("old-2", { usage: tokens(90), domain: "trading" });
    await seed("old-3", { usage: tokens(5000), day: "2026-01-01" });
    await play({ ticket: { id: "MUS-1", epoch: 1 }, wallMs: 5000 });
    expect(runtime.plays[0]?.limits).toMatchObject({ tokens: 450 - 190, wallMs: 5000 });
    await play({ domain: "trading", wallMs: 120_000 });
    expect(runtime.plays[1]?.limits).toMatchObject({ tokens: 450 - 191, wallMs: 60_000 });
  });

  test("V3: a domain's own budget takes the place of the workspace's, figure by figure, and the day clears it", async () => {
    const { play, seed, world } = await open([], { budgets: { domainDay: { tokens: 10, runs: 5 } } }, { budget: { tokens: 200 } });
    await seed("old-1", { usage: tokens(200) });
    const result = await play();
    expect(result).toMatchObject({
      failure: "budget",
      message: `music on ${today()} has used up its 200 tokens (domains.music.budget.tokens)`,
    });
    expect(result.kind === "failed" && result.clears).toMatch(
      /^\d{4}-\d\d-\d\d begins, or domains\.music\.budget\.tokens in mos\.yaml is raised$/,
    );
    for (let at = 0; at < 5; at += 1) await seed(`t-${at}`, { domain: "trading" });
    expect(await world.roles.ready("executor", "trading")).toMatchObject({
      ok: false,
      failure: "budget",
      reason: expect.stringContaining("budgets.domainDay.runs"),
    });
  });

  test("V3: runs that share a budget end together, each after at most one more answer", async () => {
    const turn = use(...Array.from({ length: 40 }, (_, at) => tokens(10 * (at + 1))));
    const { play, rows } = await open([turn, turn, turn], { budgets: { day: { tokens: 300 } } });
    const results = await Promise.all([play(), play(), play()]);
    expect(results.map((result) => result.kind === "failed" && result.failure)).toEqual(["budget", "budget", "budget"]);
    const used = (await rows()).reduce((sum, { usage }) => sum + usage.inputTokens, 0);
    expect(used).toBeGreaterThanOrEqual(300);
    expect(used).toBeLessThanOrEqual(300 + 3 * 2 * 10);
  });

  test("V2 V3: money is counted by prices while a run goes on, and a model without a price does not start", async () => {
    const prices = { small: { input: 1000, output: 1000 } };
    const turns = [use(tokens(400), tokens(1200), tokens(5000))];
    const { play, rows } = await open(turns, { budgets: { run: { usd: 1 } }, prices });
    expect(await play()).toMatchObject({ failure: "budget", message: "run-1 has used up its estimated $1.00 (budgets.run.usd)" });
    expect((await rows())[0]).toMatchObject({ cost: { usd: 1.2, source: "prices" }, usage: tokens(1200) });
    const unpriced = await open([], { budgets: { day: { usd: 1 } } });
    expect(await unpriced.play()).toMatchObject({
      failure: "budget",
      clears: expect.stringContaining('prices in mos.yaml has a line "small"'),
    });
    expect(await unpriced.rows()).toEqual([]);
  });

  test("V6: a run that repeats one failing call is a failure, though it says that it is done", async () => {
    const { play, rows } = await open(
      [
        async (run) => {
          let words = 0;
          for (let at = 0; at < 9; at += 1)
            if (run.onOutcome({ tool: "run", input: "npm test", answer: "1 failed", failed: true }) !== undefined) words += 1;
          expect(words).toBe(9 - 3);
          return { kind: "done", output: doneOutput, text: "", usage: tokens(5), turns: 9, toolCalls: { run: 9 } };
        },
      ],
      { budgets: { run: { sameOutcomes: 4 } } },
    );
    expect(await play()).toMatchObject({
      kind: "failed",
      failure: "no-progress",
      message: "the last 4 outcomes brought nothing new; the last call was run",
      clears: expect.stringContaining("budgets.run.sameOutcomes"),
    });
    expect(await rows()).toMatchObject([{ state: "failed", failure: "no-progress" }]);
  });

  test("V3: a ticket that was blocked by its budget goes on when the operator unblocks it", async () => {
    const { world } = await open([], {});
    const causes = [{ kind: "budget" as const, clears: "budgets.ticket.tokens in mos.yaml is raised, then: mos ticket unblock MUS-1" }];
    await world.store.write((tx) => tx.tickets.insert(sampleTicket({ status: { state: "blocked", from: "in_progress", causes } })));
    expect(await unblockTicket(world, { id: "MUS-1" })).toMatchObject({ state: "in_progress" });
  });

  test("V3: a run that says it used less than before has used what it said before", async () => {
    const { play, rows } = await open([use(tokens(60), tokens(1), tokens(55), tokens(3))], { budgets: { run: { tokens: 100 } } });
    expect(await play()).toMatchObject({ kind: "done" });
    expect((await rows())[0]?.usage).toEqual(tokens(60));
    const other = await open([use(tokens(120), tokens(1), tokens(2))], { budgets: { run: { tokens: 100 } } });
    expect(await other.play()).toMatchObject({ failure: "budget" });
  });

  test("V11: a report that no row could hold closes its row all the same, with what can be counted", async () => {
    const absurd = { ...tokens(Number.POSITIVE_INFINITY, 2), outputTokens: -7, cacheReadTokens: 0.5 };
    const lie: Turn = async (play) => {
      expect(play.onUsage(absurd)).toBeDefined();
      const facts = { usage: absurd, turns: -1, toolCalls: { "a b": 1, run: Number.NaN }, conversation: "--resume\n", version: "\u0000" };
      return { ...facts, cost: { usd: Number.NaN, source: "client" }, kind: "failed", failure: "died", message: "x" };
    };
    const { play, rows, world } = await open([lie], { budgets: { day: { tokens: 1000 } } });
    expect(await play()).toMatchObject({ kind: "failed", failure: "budget" });
    const [row] = await rows();
    expect(row).toMatchObject({
      state: "failed",
      turns: 0,
      toolCalls: { run: 0 },
      usage: { requests: 2, outputTokens: 0, cacheReadTokens: 1 },
    });
    expect(row).not.toHaveProperty("conversation");
    expect(await world.store.read((tx) => tx.leases.list())).toEqual([]);
    expect(await play()).toMatchObject({ failure: "budget" });
  });
});

describe("the ledger", () => {
  const dead = { pid: 2 ** 22 - 1, process: "" };

  test("V7: a run whose process is gone is closed as lost, with the usage last flushed, counted once", async () => {
    const { world, play, rows } = await open([use(tokens(70, 3))], { prices: { small: { input: 1000, output: 0 } } });
    const session = { id: "S-9", startedAt: new Date().toISOString(), stage: "run", scouted: [], skipped: [], modelCalls: 0 };
    await world.store.write((tx) => tx.sessions.put(session));
    // The process dies after it flushed: its row runs, its lease is a dead one's.
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const hanging = await open(
      [
        async (run) => {
          run.onUsage(tokens(70, 3));
          await held;
          return { kind: "done", output: doneOutput, text: "", usage: tokens(80, 4), turns: 1, toolCalls: {} };
        },
      ],
      { prices: { small: { input: 1000, output: 0 } } },
    );
    await hanging.world.store.write((tx) => tx.sessions.put(session));
    const playing = hanging.play({ session: "S-9" });
    await expect.poll(async () => (await hanging.rows())[0]?.usage.requests).toBe(3);
    const calls = async () => (await hanging.world.store.read((tx) => tx.sessions.get("S-9")))?.modelCalls;
    expect(await calls()).toBe(3);
    const living = await sweepWorkspace(hanging.world, { isAlive: () => false });
    expect(living.runs).toEqual([]);
    await hanging.world.store.write(async (tx) => {
      const lease = await tx.leases.get("run:run-1");
      if (lease) await tx.leases.put({ ...lease, ...dead, process: lease.process.replace(/\/\d+$/, "/1") });
    });
    expect((await sweepWorkspace(hanging.world, { isAlive: () => true })).runs).toEqual(["run-1"]);
    expect((await sweepWorkspace(hanging.world, { isAlive: () => true })).runs).toEqual([]);
    expect(await hanging.rows()).toMatchObject([
      { state: "lost", failure: "died", usage: tokens(70, 3), cost: { usd: expect.closeTo(0.07), source: "prices" } },
    ]);
    expect(await calls()).toBe(3);
    // It was only thought dead: what it used after all is counted, and it stays lost.
    release?.();
    await playing;
    expect(await hanging.rows()).toMatchObject([{ state: "lost", usage: tokens(80, 4) }]);
    expect(await calls()).toBe(4);
    const ended = (await hanging.world.store.read((tx) => tx.events())).filter(({ kind }) => kind === "run.ended");
    expect(ended).toHaveLength(1);
    expect(await play()).toMatchObject({ kind: "done" });
    expect(await world.store.read((tx) => tx.leases.list())).toEqual([]);
    expect(await rows()).toHaveLength(1);
  });

  test("V9: a session counts the requests of its runs, also of those whose stage did not name it", async () => {
    const { world, play } = await open([use(tokens(5, 2), tokens(9, 5)), use(tokens(3, 7))], {});
    const session = { id: "S-1", startedAt: new Date().toISOString(), stage: "run", scouted: [], skipped: [], modelCalls: 0 };
    const { id: owner, pid, process } = world.worker;
    await world.store.write(async (tx) => {
      await tx.sessions.put(session);
      await tx.leases.put({ key: "session", owner, pid, process, epoch: 1, beat: 0 });
    });
    await play({ session: "S-1" });
    expect(await world.store.read((tx) => tx.sessions.get("S-1"))).toMatchObject({ modelCalls: 5 });
    await play();
    expect(await world.store.read((tx) => tx.sessions.get("S-1"))).toMatchObject({ modelCalls: 12 });
  });
});
