import { expect, test } from "vitest";
import { fuseRanks } from "../../../src/core/search/fuse-ranks.ts";

const order = (scores: Map<string, number>) => [...scores].sort((one, other) => other[1] - one[1]).map(([item]) => item);

test("Q10: ranks are fused, not scores: what both legs have goes before what one has, by weights and k", () => {
  const legs = { words: ["a", "b", "c"], vectors: ["d", "b", "e"] };
  const even = fuseRanks({ ...legs, fusion: { k: 20, words: 1, vectors: 1 } });
  expect(order(even)[0]).toBe("b");
  expect(even.get("a")).toBeCloseTo(1 / 21);
  expect(even.get("b")).toBeCloseTo(2 / 22);
  expect(order(fuseRanks({ ...legs, fusion: { k: 20, words: 1, vectors: 0 } })).slice(0, 3)).toEqual(["a", "b", "c"]);
  expect(order(fuseRanks({ ...legs, fusion: { k: 1, words: 0.5, vectors: 2 } }))[0]).toBe("d");
});
