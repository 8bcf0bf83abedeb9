import { expect, test } from "vitest";
import { DemoHistory } from "../../../src/core/demo/demo-data.ts";
import { replayHistory } from "../../../src/core/demo/replay-history.ts";

const today = "2026-11-23";
const first = { day: -9, id: "start", say: "feat: start", write: { "a.txt": "one\ntwo\n" } };

function replay(commits: readonly object[], ids: Readonly<Record<string, string>> = {}) {
  const history = DemoHistory.parse({ people: { ada: "Ada <ada@example.invalid>" }, commits });
  return [...replayHistory({ history, today, commitIds: new Map(Object.entries(ids)) })];
}

test("a history is one stream with fixed dates, authors and contents", () => {
  const [part, ...rest] = replay([
    first,
    { day: -8, at: "10:30", by: "ada", say: "fix: second", edit: [{ in: "a.txt", from: "two", to: "zwei" }] },
  ]);
  expect(rest).toEqual([]);
  expect(part?.stream).toContain(`author Demo Operator <demo@example.invalid> ${Date.parse("2026-11-14T09:00:00Z") / 1000} +0000`);
  expect(part?.stream).toContain(`author Ada <ada@example.invalid> ${Date.parse("2026-11-15T10:30:00Z") / 1000} +0000`);
  expect(part?.stream).toContain("data 9\none\nzwei\n\n");
  expect(part?.named).toEqual([{ mark: 1, id: "start" }]);
});

test("a citation waits for its commit's id, and names the line where the quote stood then", () => {
  const cite = { day: -7, say: "docs: cite", write: { "b.md": 'see <<cite start a.txt "two">> of <<day -1>>\n' } };
  const parts = replay([first, { day: -8, say: "fix: more", edit: [{ in: "a.txt", from: "one", to: "zero\none" }] }, cite], {
    start: "c0ffee",
  });
  expect(parts).toHaveLength(2);
  expect(parts[1]?.stream).toContain('see commit c0ffee a.txt#L2 "two" of 2026-11-22\n');
});

test.each([
  [
    "an edit that does not fit",
    [first, { day: -8, say: "x", edit: [{ in: "a.txt", from: "three", to: "3" }] }],
    /finds "three" 0 times in a.txt/,
  ],
  ["a file that is not there", [first, { day: -8, say: "x", remove: ["b.txt"] }], /changes b.txt, which is not there/],
  ["a commit before the one before it", [first, { day: -9, at: "08:00", say: "x" }], /is not later/],
  ["an author who is nobody", [first, { day: -8, by: "bob", say: "x" }], /is by 'bob'/],
  ["a citation of nothing", [first, { day: -8, say: "x", write: { b: '<<cite start a.txt "five">>' } }], /cites 'five' of a.txt/],
  ["a placeholder with a slip", [first, { day: -8, say: "x", write: { b: "<<day two>>" } }], /not understood: <<day two>>/],
])("%s is named", (_, commits, message) => {
  expect(() => replay(commits, { start: "c0ffee" })).toThrow(message);
});
