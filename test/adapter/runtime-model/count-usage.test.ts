import { describe, expect, test } from "vitest";
import { addUsage, makeUsage } from "../../../src/adapter/runtime-model/count-usage.ts";

const chars = { asked: () => 4000, said: 400 };
const tell = (inputTokens: number | undefined, outputTokens: number | undefined, cacheReadTokens?: number) => ({
  ...{ inputTokens, outputTokens, totalTokens: undefined },
  inputTokenDetails: { noCacheTokens: undefined, cacheReadTokens, cacheWriteTokens: undefined },
  outputTokenDetails: { textTokens: undefined, reasoningTokens: undefined },
});
const count = (...said: Parameters<typeof addUsage>[1][]) => {
  const total = makeUsage();
  for (const one of said) addUsage(total, one, chars);
  return [total.inputTokens, total.outputTokens, total.cacheReadTokens];
};

describe("what an answer used", () => {
  test("V4: what the provider says counts, whatever the length", () => {
    expect(count(tell(7, 2))).toEqual([7, 2, 0]);
    expect(count(tell(100, 2, 80), tell(5, 1))).toEqual([25, 3, 80]);
    expect(count(tell(80, 2, 80))).toEqual([0, 2, 80]);
  });

  test("V4: what it says nothing of, or says was nothing, is estimated and never free", () => {
    for (const nothing of [undefined, tell(undefined, undefined), tell(0, 0), tell(Number.NaN, -3), tell(Number.POSITIVE_INFINITY, 1e300)])
      expect(count(nothing)).toEqual([1000, 100, 0]);
    expect(count(tell(7, undefined))).toEqual([7, 100, 0]);
  });
});
