import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Usage } from "../../../src/contract/agent.ts";
import { Price } from "../../../src/contract/config.ts";
import { type BudgetScope, countLeft } from "../../../src/core/run/count-left.ts";
import { countCost, findPrice, priceUsage } from "../../../src/core/run/price-usage.ts";
import { maxUsage, sumTokens } from "../../../src/core/run/sum-tokens.ts";
import { readSeed } from "../../support/read-seed.ts";

const seed = readSeed();
const usage = (tokens: Partial<Usage>) => Usage.parse(tokens);
const price = (input: number) => Price.parse({ input, output: 5 * input });
const run = (id: string, tokens: Partial<Usage>, more: object = {}) => ({ id, usage: usage(tokens), ...more });
const scope = (given: Partial<BudgetScope>): BudgetScope => ({ name: "budgets.day", of: "2026-11-20", budget: {}, runs: [], ...given });
const anyUsage = fc.record({
  requests: fc.nat(1000),
  inputTokens: fc.nat(1e7),
  outputTokens: fc.nat(1e7),
  cacheReadTokens: fc.nat(1e7),
  cacheWriteTokens: fc.nat(1e7),
});

describe("what a run costs", () => {
  test("V2: each kind of token has its own price, and none is counted twice", () => {
    const prices = { m: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } };
    const million = 1_000_000;
    expect(priceUsage(usage({ inputTokens: million }), "m", prices)?.usd).toBeCloseTo(3);
    expect(priceUsage(usage({ outputTokens: million }), "m", prices)?.usd).toBeCloseTo(15);
    expect(priceUsage(usage({ cacheReadTokens: million }), "m", prices)?.usd).toBeCloseTo(0.3);
    expect(priceUsage(usage({ cacheWriteTokens: million }), "m", prices)?.usd).toBeCloseTo(3.75);
    const all = usage({ inputTokens: million, outputTokens: million, cacheReadTokens: million, cacheWriteTokens: million });
    expect(priceUsage(all, "m", prices)).toEqual({ usd: expect.closeTo(22.05), source: "prices" });
  });

  test("V2: a model's own line comes first, then the longest beginning with a star; an unknown model has no price", () => {
    const prices = { "claude-opus-5": price(1), "claude-*": price(2), "claude-opus-*": price(3), constructor: price(9) };
    expect(findPrice(prices, "claude-opus-5")?.input).toBe(1);
    expect(findPrice(prices, "claude-opus-5-1")?.input).toBe(3);
    expect(findPrice(prices, "claude-haiku")?.input).toBe(2);
    expect(findPrice(prices, "gpt-6")).toBeUndefined();
    expect(findPrice({}, "constructor")).toBeUndefined();
    expect(findPrice({ "*": price(7) }, undefined)?.input).toBe(7);
    expect(priceUsage(usage({ inputTokens: 5 }), "gpt-6", prices)).toBeUndefined();
  });

  test("V2: a budget counts the client's figure or that of the prices, whichever is larger", () => {
    const tokens = usage({ inputTokens: 1_000_000 });
    expect(countCost({ usage: tokens, model: "m", cost: { usd: 1, source: "client" } }, { m: price(3) })).toBe(3);
    expect(countCost({ usage: tokens, model: "m", cost: { usd: 8, source: "client" } }, { m: price(3) })).toBe(8);
    expect(countCost({ usage: tokens, model: "m", cost: { usd: 8, source: "client" } }, {})).toBe(8);
    expect(countCost({ usage: tokens, model: "m" }, {})).toBeUndefined();
    expect(countCost({ usage: usage({ requests: 3 }) }, {})).toBe(0);
  });

  test(`V2: cost never falls when usage rises (seed ${seed})`, () => {
    fc.assert(
      fc.property(anyUsage, anyUsage, fc.nat(100), (one, other, input) => {
        const prices = { m: price(input) };
        const more = maxUsage(one, other);
        expect(priceUsage(more, "m", prices)?.usd).toBeGreaterThanOrEqual(priceUsage(one, "m", prices)?.usd ?? Number.NaN);
        expect(sumTokens(more)).toBeGreaterThanOrEqual(Math.max(sumTokens(one), sumTokens(other)));
      }),
      { seed },
    );
  });
});

describe("what is left of budgets", () => {
  const free = { model: undefined, prices: {} };

  test("V3: without a budget nothing bounds", () => {
    expect(countLeft([scope({ runs: [run("run-1", { inputTokens: 1e9 })] })], free)).toEqual({
      ok: true,
      tokens: Number.POSITIVE_INFINITY,
      usd: Number.POSITIVE_INFINITY,
    });
  });

  test("V3: the smallest rest counts, all four kinds of tokens together", () => {
    const runs = [run("run-1", { inputTokens: 10, outputTokens: 10, cacheReadTokens: 10, cacheWriteTokens: 10 })];
    const left = countLeft(
      [scope({ budget: { tokens: 100 }, runs }), scope({ name: "budgets.ticket", of: "MUS-1", budget: { tokens: 50 }, runs })],
      free,
    );
    expect(left).toMatchObject({ ok: true, tokens: 10 });
  });

  test("V3: what is used up names itself and what clears it", () => {
    const runs = [run("run-1", { inputTokens: 100 }), run("run-2", {})];
    const passes = "2026-11-21 begins";
    expect(countLeft([scope({ budget: { tokens: 100 }, runs, passes })], free)).toEqual({
      ok: false,
      reason: "2026-11-20 has used up its 100 tokens (budgets.day.tokens)",
      clears: "2026-11-21 begins, or budgets.day.tokens in mos.yaml is raised",
    });
    expect(countLeft([scope({ name: "budgets.ticket", of: "MUS-1", budget: { runs: 2 }, runs })], free)).toEqual({
      ok: false,
      reason: "MUS-1 has used up its 2 runs (budgets.ticket.runs)",
      clears: "budgets.ticket.runs in mos.yaml is raised",
    });
    const priced = countLeft([scope({ budget: { usd: 0.25 }, runs })], { model: "m", prices: { "*": price(2500) } });
    expect(priced).toMatchObject({ ok: false, reason: "2026-11-20 has used up its estimated $0.25 (budgets.day.usd)" });
  });

  test("V3: money that cannot be counted is used up: without a price for the model nothing starts", () => {
    const budget = { usd: 10 };
    expect(countLeft([scope({ budget })], { model: "m", prices: {} })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("no price for the model m"),
      clears: expect.stringContaining('prices in mos.yaml has a line "m"'),
    });
    expect(countLeft([scope({ budget })], free)).toMatchObject({ ok: false, clears: expect.stringContaining('"*"') });
    const past = [run("run-7", { inputTokens: 5 }, { model: "old" })];
    expect(countLeft([scope({ budget, runs: past })], { model: "m", prices: { m: price(1) } })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("the model old, which was used before"),
    });
    expect(countLeft([scope({ budget })], { model: "m", prices: { m: price(1) } })).toMatchObject({ ok: true, usd: 10 });
  });

  test(`V3: what is left and what was used never come to more than the budget (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(anyUsage, { maxLength: 8 }), fc.integer({ min: 1, max: 1e8 }), (all, tokens) => {
        const runs = all.map((one, at) => ({ id: `run-${at}`, usage: one }));
        const used = all.reduce((sum, one) => sum + sumTokens(one), 0);
        const left = countLeft([scope({ budget: { tokens }, runs })], free);
        if (left.ok) expect(left.tokens).toBe(tokens - used);
        else expect(used).toBeGreaterThanOrEqual(tokens);
      }),
      { seed },
    );
  });
});
