import { expect, test } from "vitest";
import { compareClaims } from "../../../src/core/knowledge/compare-claims.ts";

test.each([
  ["Masters are due 14 days before release.", "masters are due **14** days before release", "same"],
  ["Masters are due 14 days before a release", "The masters are due 14 days before the release", "same"],
  ["Masters are due 14 days before release", "Masters are due 20 days before release", "contradicts"],
  ["Singles always come out on a Friday", "Singles never come out on a Friday", "contradicts"],
  ["The plant is open in the first week of August", "The plant is closed in the first week of August", "contradicts"],
  ["We do press vinyl in the old plant", "We do not press vinyl in the old plant", "contradicts"],
  ["The cover of the second album is mostly red", "The cover of the second album is mostly blue", "close"],
  ["Press the record in Leipzig at the plant", "Press the record in Prague at the plant", "different"],
  ["Mended the broken links in docs/a.md", "Mended the broken links in docs/b.md", "different"],
  ["MUS-12 mended the broken links", "MUS-13 mended the broken links", "different"],
  ["Masters are due 14 days before release", "The agency bills by the day", "different"],
  ["2026-11-20: Close the thread on vinyl", "2026-11-21: Close the thread on vinyl", "different"],
  ["The record is due on 2026-11-20 at the latest", "The record is due on 2026-12-20 at the latest", "contradicts"],
])("K5: %j and %j: %s", (a, b, likeness) => {
  expect(compareClaims(a, b)).toBe(likeness);
  expect(compareClaims(b, a)).toBe(likeness);
});
