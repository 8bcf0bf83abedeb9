import { expect, test } from "vitest";
import { priorityWeightMax, rankByPriorities, weighText } from "../../../src/core/brief/rank-by-priorities.ts";
import { readPriorities } from "../../../src/core/brief/read-priorities.ts";
import { makeCandidate } from "../../support/make-candidate.ts";

const guide = `# Music

## Purpose
Sell records.

## Priorities

1. **Masters** reach the plant in time,
   every single time
2. Broken links on the site are mended
3. **Money:** invoices go out

## Voice
- **Loud** and plain
`;

test("S5: the ordered list under Priorities is read, keywords and continuation lines with it; nothing else is", () => {
  expect(readPriorities(guide)).toEqual([
    { text: "**Masters** reach the plant in time, every single time", keyword: "Masters" },
    { text: "Broken links on the site are mended" },
    { text: "**Money:** invoices go out", keyword: "Money" },
  ]);
  expect(readPriorities("# Nothing here\n")).toEqual([]);
});

test("S5: an earlier priority weighs more; the keyword or two words count whole, one word half", () => {
  const priorities = readPriorities(guide);
  expect(weighText("the master is late", priorities)).toBe(priorityWeightMax);
  expect(weighText("a broken link", priorities)).toBeCloseTo((priorityWeightMax * 2) / 3, 1);
  expect(weighText("a link", priorities)).toBeCloseTo(priorityWeightMax / 3, 1);
  expect(weighText("send the money", priorities)).toBeCloseTo(priorityWeightMax / 3, 1);
  expect(weighText("the weather", priorities)).toBe(0);
});

test("S5: what serves a priority goes before what scores higher by itself, and equals are ordered by key", () => {
  const plain = makeCandidate({ key: "format", question: "Format the code?", score: 20 });
  const also = makeCandidate({ key: "a-format", question: "Format the tests?", score: 20 });
  const first = makeCandidate({ key: "late", question: "Send the masters?", score: 5 });
  const ranked = rankByPriorities([plain, first, also], readPriorities(guide)).map(({ key }) => key);
  expect(ranked).toEqual(["late", "a-format", "format"]);
  expect(rankByPriorities([also, plain, first], readPriorities(guide)).map(({ key }) => key)).toEqual(ranked);
});
