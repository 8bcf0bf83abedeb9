import { afterEach, describe, expect, test } from "vitest";
import type { Usage } from "../../../src/contract/agent.ts";
import { createBreaker } from "../../../src/core/run/create-breaker.ts";
import type { RelayArgs } from "../../../src/port/relay.ts";
import type { ToolOutcome } from "../../../src/port/role-runtime.ts";
import { askRelay, openModel, openRelay } from "../../support/open-relay.ts";

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
const limits: RelayArgs["limits"] = { requestBytes: 1e5, responseBytes: 1e5, requests: 50, tokens: 100_000, requestMs: 5000 };
const say = { model: "m", messages: [{ role: "user", content: "hello" }] };
const answered = JSON.stringify({
  content: [{ type: "tool_use", id: "call_1", name: "run", input: {} }],
  usage: { input_tokens: 30, cache_read_input_tokens: 8, cache_creation_input_tokens: 2, output_tokens: 12 },
});
const ask = (socket: string, body: unknown = say, signal?: AbortSignal) =>
  askRelay(socket, "/v1/messages", { body, ...(signal ? { signal } : {}) });

/** A conversation of `rounds` calls, all failing the same way. */
const loop = (rounds: number, id = (round: number) => `call_${round}`) => ({
  ...say,
  messages: [
    ...say.messages,
    ...Array.from({ length: rounds }, (_, round) => [
      { role: "assistant", content: [{ type: "tool_use", id: id(round), name: "run", input: { command: "npm test" } }] },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: id(round), is_error: true, content: `1 failed in ${round}.3 s` }],
      },
    ]).flat(),
  ],
});

describe("what a relay counts", () => {
  test("V4: usage of four kinds is told after each answer, all requests together", async () => {
    const model = await openModel(ending, () => ({ body: answered }));
    const told: Usage[] = [];
    const { socket, relay } = await openRelay(ending, {
      upstream: model.url,
      limits,
      onUsage: (usage) => {
        told.push(usage);
        return undefined;
      },
    });
    await ask(socket);
    await ask(socket);
    const one = { requests: 1, inputTokens: 30, outputTokens: 12, cacheReadTokens: 8, cacheWriteTokens: 2 };
    const two = { requests: 2, inputTokens: 60, outputTokens: 24, cacheReadTokens: 16, cacheWriteTokens: 4 };
    expect(told).toEqual([one, two]);
    expect(relay.totals()).toMatchObject({ usage: two, requests: 2, inputTokens: 80, outputTokens: 24 });
  });

  test("V5: a word about usage ends all further requests, with the word said in the model's own form", async () => {
    const model = await openModel(ending, () => ({ body: answered }));
    const { socket, relay } = await openRelay(ending, { upstream: model.url, limits, onUsage: () => "the day's budget is used up" });
    expect((await ask(socket)).status).toBe(200);
    const refused = await ask(socket);
    expect(refused).toMatchObject({ status: 403, headers: { "x-should-retry": "false" } });
    expect(JSON.parse(refused.text)).toEqual({
      type: "error",
      error: { type: "permission_error", message: "mos relay: the day's budget is used up" },
    });
    expect((await askRelay(socket, "/v1/messages/count_tokens", { body: say })).status).toBe(403);
    expect(relay.totals().ended).toEqual({ by: "budget", word: "the day's budget is used up" });
    expect(model.seen).toHaveLength(1);
  });

  test("V6: a client whose model repeats one failing call is ended at the configured number of outcomes", async () => {
    const model = await openModel(ending, () => ({ body: answered }));
    const take = createBreaker(5);
    const told: ToolOutcome[] = [];
    const { socket, relay } = await openRelay(ending, {
      upstream: model.url,
      limits,
      onOutcome: (outcome) => {
        told.push(outcome);
        return take(outcome);
      },
    });
    let rounds = 0;
    while ((await ask(socket, loop(rounds))).status === 200 && rounds < 20) rounds += 1;
    expect(rounds).toBe(5);
    expect(told).toHaveLength(5);
    expect(new Set(told.map(({ answer }) => answer)).size).toBe(1);
    expect(model.seen).toHaveLength(5);
    expect(relay.totals().ended).toMatchObject({ by: "no-progress", word: expect.stringContaining("brought nothing new") });
  });

  test("V6: a server that gives every call the same id hides nothing, and what a conversation brought along is past", async () => {
    const model = await openModel(ending, () => ({ body: answered }));
    const told: ToolOutcome[] = [];
    const args = {
      upstream: model.url,
      limits,
      onOutcome: (outcome: ToolOutcome) => {
        told.push(outcome);
        return undefined;
      },
    };
    const { socket } = await openRelay(ending, args);
    for (let rounds = 0; rounds < 4; rounds += 1)
      await ask(
        socket,
        loop(rounds, () => "call_0"),
      );
    expect(told).toHaveLength(3);
    const resumed = await openRelay(ending, args);
    await ask(resumed.socket, loop(7));
    expect(told).toHaveLength(3);
    await ask(resumed.socket, loop(8));
    expect(told).toHaveLength(4);
  });
});

describe("a relay whose model says not now", () => {
  const busy = (status: number, headers: Record<string, string> = {}) => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}',
  });

  test.each([429, 503, 529])("V8: %i is asked again after retry-after, and the client sees the answer alone", async (status) => {
    let asked = 0;
    const model = await openModel(ending, () => {
      asked += 1;
      return asked <= 2 ? busy(status, { "retry-after-ms": "40" }) : { body: answered };
    });
    const { socket, relay } = await openRelay(ending, { upstream: model.url, limits, random: () => 0 });
    const started = performance.now();
    expect(await ask(socket)).toMatchObject({ status: 200, text: answered });
    expect(performance.now() - started).toBeGreaterThanOrEqual(80);
    expect(relay.totals()).toMatchObject({ usage: { requests: 3, inputTokens: 30 } });
    expect(relay.totals().busy).toBeUndefined();
  });

  test("V8: who names an hour is not waited for, and not asked again until then", async () => {
    const model = await openModel(ending, () => busy(429, { "retry-after": "3600" }));
    const { socket, relay } = await openRelay(ending, { upstream: model.url, limits });
    const first = await ask(socket);
    expect(first).toMatchObject({ status: 429, headers: { "x-should-retry": "false", "retry-after": "3600" } });
    expect(relay.totals().busy).toEqual({ status: 429, retryAfterMs: 3_600_000 });
    const second = await ask(socket);
    expect(second).toMatchObject({ status: 429, headers: { "x-should-retry": "false" } });
    expect(JSON.parse(second.text).error.type).toBe("rate_limit_error");
    expect(model.seen).toHaveLength(1);
  });

  test("V8: it is asked a bounded number of times, each of which is a request", async () => {
    const model = await openModel(ending, () => busy(529, { "retry-after-ms": "1" }));
    const { socket, relay } = await openRelay(ending, { upstream: model.url, limits, random: () => 0 });
    expect((await ask(socket)).status).toBe(529);
    expect(model.seen).toHaveLength(6);
    expect(relay.totals()).toMatchObject({ requests: 6, busy: { status: 529 } });
    const poor = await openRelay(ending, { upstream: model.url, limits: { ...limits, requests: 2 }, random: () => 0 });
    expect((await ask(poor.socket)).status).toBe(529);
    expect(poor.relay.totals().requests).toBe(2);
  });

  test("V8: a client that leaves, and a run that ends, end the wait", async () => {
    const model = await openModel(ending, () => busy(529, { "retry-after": "30" }));
    const { socket, relay } = await openRelay(ending, { upstream: model.url, limits });
    const leave = new AbortController();
    const left = ask(socket, say, leave.signal);
    await expect.poll(() => model.seen.length).toBe(1);
    leave.abort();
    await expect(left).rejects.toThrow();
    const waiting = ask(socket);
    await expect.poll(() => model.seen.length).toBe(2);
    const started = performance.now();
    await relay.close();
    await expect(waiting).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(5000);
    expect(model.seen).toHaveLength(2);
  });

  test("V8: an error other than those is the client's at once", async () => {
    const model = await openModel(ending, () => busy(500, { "retry-after": "1" }));
    const { socket, relay } = await openRelay(ending, { upstream: model.url, limits });
    expect((await ask(socket)).status).toBe(500);
    expect(model.seen).toHaveLength(1);
    expect(relay.totals().usage).toMatchObject({ requests: 1, inputTokens: 0, outputTokens: 0 });
  });
});
