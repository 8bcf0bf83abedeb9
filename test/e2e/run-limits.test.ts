import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createModelRuntime } from "../../src/adapter/runtime-model/model-runtime.ts";
import { startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { unblockTicket } from "../../src/app/unblock-ticket.ts";
import { runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, openWorld } from "../support/open-world.ts";

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

type Turn = Record<string, unknown>;
const call = (name: string, input: Turn): Turn => ({ tools: [{ name, input }], usage: { input: 300, output: 100 } });
const writes = call("write", { path: "c.txt", content: "a chorus\n" });
const handsIn = call("hand_in", { outcome: "done", summary: "It is written." });

/** Tickets that a real model runtime does in real slots, a file each; its model says the same turns in each. */
async function open(turns: readonly Turn[], budgets: Record<string, unknown>, touches: readonly string[] = ["c.txt"]) {
  const model = await startScriptedModel({ script: { default: turns as never } });
  ending.push(() => model.close());
  const config = { kind: "model" as const, provider: "anthropic" as const, model: "scripted", baseUrl: `${model.url}/v1` };
  const opened = await openWorld(
    { music: { prefix: "MUS", files: { "a.txt": "a\n", "check.sh": "exit 0\n" } } },
    {
      config: { roles: { executor: { runtime: "own" } }, runtimes: { own: config }, budgets },
      roleRuntimes: { own: createModelRuntime({ name: "own", config, readKey: () => undefined }) },
    },
  );
  ending.push(opened.remove);
  const { world } = opened;
  const ids: string[] = [];
  for (const path of touches)
    ids.push(await opened.fileReady({ domain: "music", title: "Write the chorus", touches: [path], runtime: "own" }));
  const [id = ""] = ids;
  return {
    ...{ world, id, ids, home: join(opened.root, "music") },
    run: () => runTickets(world, { diagnose: async () => healthy }),
    read: () => world.store.read((tx) => tx.tickets.get(id)),
    runs: () => world.store.read((tx) => tx.agentRuns.list()),
    asked: () => model.requests().length,
  };
}

const chance = "od -An -N4 -tu4 /dev/urandom";
const repeat = (turn: Turn, times: number) => Array.from({ length: times }, () => turn);
const cycle = (times: number) =>
  Array.from({ length: times }, (_, at) => call("run", { command: ["cat a.txt", "ls", "cat nothing"][at % 3] as string }));

describe.skipIf(!boxAvailable)("a run that would go on for ever", () => {
  const sameOutcomes = 4;

  test.each([
    ["one failing command", repeat(call("run", { command: "echo red; exit 1" }), 200), sameOutcomes],
    ["one command that succeeds and changes nothing", repeat(call("run", { command: "cat a.txt" }), 200), sameOutcomes],
    ["the same bytes written again and again", repeat(writes, 200), sameOutcomes],
    ["a cycle of commands", cycle(200), 3 * 2 + sameOutcomes],
    ["a failing command that says its time", repeat(call("run", { command: "date -Ins; date +%s%N; exit 1" }), 200), sameOutcomes],
    ["a failing command that answers by chance", repeat(call("run", { command: `${chance}; exit 1` }), 200), 2 * sameOutcomes],
    ["a command that succeeds and answers by chance", repeat(call("run", { command: chance }), 200), 4 * sameOutcomes],
  ])(
    "V6: %s ends it as no progress: the ticket is blocked, what it wrote is kept, and nothing more is asked",
    async (_, turns, outcomesMax) => {
      const { world, id, home, run, read, runs, asked } = await open([writes, ...turns], { run: { sameOutcomes } });
      expect(await run()).toMatchObject({ merged: [], blocked: [id] });
      expect((await read())?.status).toMatchObject({ state: "blocked", from: "in_progress", causes: [{ kind: "no-progress" }] });
      const rows = await runs();
      expect(rows).toMatchObject([{ state: "failed", failure: "no-progress", ticket: id }]);
      expect(asked()).toBe(rows[0]?.usage.requests);
      expect(asked()).toBeLessThanOrEqual(1 + outcomesMax);
      expect(runGitIn(home, "show", `refs/mos/work/${id}/1:c.txt`)).toBe("a chorus");
      const before = asked();
      expect(await run()).toMatchObject({ merged: [], blocked: [id] });
      expect(asked()).toBe(before);
      const ended = await world.store.read((tx) => tx.events({ kind: "run.ended" }));
      expect(ended.map(({ data }) => data.failure)).toEqual(["no-progress"]);
    },
  );
});

describe.skipIf(!boxAvailable)("a budget's hard stop", () => {
  test("V3: a ticket's is blocked (budget) with its work kept, is not asked for again, and lands once there is more", async () => {
    const looks = Array.from({ length: 4 }, (_, at) => call("run", { command: `echo ${at}` }));
    const { world, id, home, run, read, runs, asked } = await open([writes, ...looks, handsIn], { ticket: { tokens: 1000 } });
    expect(await run()).toMatchObject({ merged: [], blocked: [id] });
    const [cause] = causesOf(await read());
    expect(cause).toMatchObject({ kind: "budget", clears: expect.stringContaining("budgets.ticket.tokens in mos.yaml is raised") });
    expect(await runs()).toMatchObject([
      { state: "failed", failure: "budget", usage: { requests: 3, inputTokens: 900, outputTokens: 300 } },
    ]);
    expect(asked()).toBe(3);
    expect(runGitIn(home, "show", `refs/mos/work/${id}/1:c.txt`)).toBe("a chorus");

    // Unblocked with nothing more to use it is blocked again, and nobody is asked.
    await unblockTicket(world, { id });
    expect(await run()).toMatchObject({ merged: [], blocked: [id] });
    expect(causesOf(await read())).toMatchObject([{ kind: "budget" }]);
    expect(asked()).toBe(3);

    Object.assign(world.workspace.config.budgets.ticket, { tokens: 100_000 });
    await unblockTicket(world, { id });
    expect(await run()).toMatchObject({ merged: [id], blocked: [] });
    expect(asked()).toBe(3 + 6);
    expect(runGitIn(home, "show", "main:c.txt")).toBe("a chorus");
  });

  test("V3: the day's ends all that run at once, each within an answer more than it saw, and nothing starts until another day", async () => {
    const looks = Array.from({ length: 30 }, (_, at) => call("run", { command: `echo ${at}` }));
    const budgets = { day: { tokens: 4000 } };
    const { world, ids, run, runs, asked } = await open(looks, budgets, ["a1.txt", "a2.txt", "a3.txt"]);
    expect([...(await run()).blocked].sort()).toEqual(ids);
    const rows = await runs();
    const used = rows.reduce((sum, { usage }) => sum + usage.inputTokens + usage.outputTokens, 0);
    // What each saw of the others is an answer old, or two on a busy machine; the answer that was under way comes on top.
    expect(used).toBeGreaterThanOrEqual(4000);
    expect(used).toBeLessThanOrEqual(4000 + ids.length * 3 * 400);
    expect(rows.every(({ state, failure }) => state === "failed" && failure === "budget")).toBe(true);
    expect(rows.reduce((sum, { usage }) => sum + usage.requests, 0)).toBe(asked());
    for (const id of ids) {
      const [cause] = causesOf(await world.store.read((tx) => tx.tickets.get(id)));
      expect(cause).toMatchObject({ kind: "budget", clears: expect.stringMatching(/^\d{4}-\d\d-\d\d begins, or budgets\.day\.tokens/) });
      await unblockTicket(world, { id });
    }
    const before = asked();
    expect([...(await run()).blocked].sort()).toEqual(ids);
    expect(asked()).toBe(before);
  });

  test("V3: work that was handed in with the last of a budget lands", async () => {
    const { id, home, run, asked } = await open([writes, handsIn], { ticket: { tokens: 500 } });
    expect(await run()).toMatchObject({ merged: [id], blocked: [] });
    expect(asked()).toBe(2);
    expect(runGitIn(home, "show", "main:c.txt")).toBe("a chorus");
  });
});

function causesOf(ticket: { status: { state: string; causes?: unknown } } | undefined): unknown[] {
  return ticket?.status.state === "blocked" ? (ticket.status.causes as unknown[]) : [];
}
