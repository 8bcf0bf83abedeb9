import { describe, expect, test } from "vitest";
import { digestOutcome } from "../../../src/core/run/digest-outcome.ts";
import { hashText } from "../../support/hash-text.ts";

const digest = (input: unknown, answer: string) => digestOutcome({ tool: "run", input, answer, failed: true }, hashText);

describe("outcomes as the breaker compares them", () => {
  test("V6: times, durations, ids and temporary names do not make an answer another", () => {
    const first =
      "✖ fails (12.3ms)\n 2026-11-20T08:00:01.123Z at /tmp/mos-abc/x.js pid 4242\nduration_ms 12.5\n0xdeadbeef 123e4567-e89b-12d3-a456-426614174000 2026-11-20T08:00:01,123456789+00:00 1795420801123456789";
    const second =
      "✖ fails (9ms)\n 2026-11-20T08:00:09.456Z at /tmp/mos-xyz/x.js pid 17\nduration_ms 9.125\n0xfeedface 223e4567-e89b-12d3-a456-426614174000 2026-11-20T08:00:07,987654321+00:00 1795420807987654321";
    expect(digest({}, first)).toEqual(digest({}, second));
  });

  test("V6: what was found out does: other counts, lines and words", () => {
    const answers = ["3 of 9 tests failed", "2 of 9 tests failed", "line 12: no such name", "line 13: no such name", ""];
    expect(new Set(answers.map((answer) => digest({}, answer).answer)).size).toBe(answers.length);
  });

  test("V6: an input is compared as data, spaces run together", () => {
    expect(digest({ command: "npm  test ", cwd: "/work" }, "")).toEqual(digest({ cwd: "/work", command: "npm test" }, ""));
    expect(digest({ command: "npm test" }, "").input).not.toBe(digest({ command: "npm run test" }, "").input);
  });

  test("V6: what is huge, deep or no object is bounded and still compared", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 5000; level += 1) deep = { deep };
    expect(digest(deep, "x".repeat(5_000_000))).toEqual(digest(deep, "x".repeat(5_000_000)));
    expect(digest(undefined, "").input).toBe(digest(null, "").input);
    expect(digest({}, `${"x".repeat(300_000)}a`).answer).not.toBe(digest({}, `${"x".repeat(300_000)}b`).answer);
  });
});
