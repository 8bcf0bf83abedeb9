import fc from "fast-check";
import { expect, test } from "vitest";
import { AgentRun } from "../../../src/contract/agent.ts";
import { settleReport } from "../../../src/core/run/settle-report.ts";
import { readSeed } from "../../support/read-seed.ts";
import { samples } from "../../support/sample-records.ts";

const seed = readSeed();
const used = { requests: 2, inputTokens: 10, outputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 1 };
const sound = {
  ...{ usage: used, turns: 3, toolCalls: { read: 2, mcp__mos__run: 1 }, version: "2.1.330", conversation: "c-1" },
  cost: { usd: 0.5, source: "client" as const },
};

test("V11: a sound report stays as it is", () => {
  expect(settleReport(sound)).toEqual(sound);
});

test("V11: what is no number counts nothing, what is absurd as much as there can be, and the rest is counted", () => {
  const usage = {
    requests: Number.NaN,
    inputTokens: -5,
    outputTokens: Number.POSITIVE_INFINITY,
    cacheReadTokens: 1.5,
    cacheWriteTokens: 7,
  };
  const settled = settleReport({ ...sound, usage, cost: { usd: Number.NaN, source: "client" }, turns: -1, conversation: "a\u001b[2Jb" });
  expect(settled).toEqual({
    usage: { requests: 0, inputTokens: 0, outputTokens: 1e12, cacheReadTokens: 2, cacheWriteTokens: 7 },
    turns: 0,
    toolCalls: sound.toolCalls,
    version: sound.version,
  });
  expect(settleReport({ ...sound, cost: { usd: Number.POSITIVE_INFINITY, source: "client" } }).cost?.usd).toBe(1e6);
});

test(`V11: whatever it says, the row of a run can hold it (seed ${seed})`, () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom("7", null, undefined, {}) as fc.Arbitrary<never>);
  const keys = ["requests", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"] as const;
  const usage = fc.tuple(...keys.map(() => number)).map((all) => Object.fromEntries(keys.map((key, at) => [key, all[at]])) as never);
  const report = fc.record(
    {
      ...{ usage, turns: number, toolCalls: fc.dictionary(fc.string({ maxLength: 200 }), number, { maxKeys: 5 }) },
      cost: fc.record({ usd: number, source: fc.constant("client" as const) }),
      version: fc.string({ maxLength: 300, unit: "binary" }),
      conversation: fc.string({ maxLength: 300, unit: "binary" }),
    },
    { requiredKeys: ["usage", "turns", "toolCalls"] },
  );
  fc.assert(
    fc.property(report, (given) => {
      expect(AgentRun.safeParse({ ...samples.plain.agentRuns.row, ...settleReport(given as never) }).error).toBeUndefined();
    }),
    { seed, numRuns: 500 },
  );
});
