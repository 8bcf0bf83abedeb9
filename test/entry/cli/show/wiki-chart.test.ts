import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { WikiDay, WikiStats } from "../../../../src/app/wiki-stats.ts";
import { makePaint } from "../../../../src/entry/cli/show/paint.ts";
import { drawWikiDays, drawWikiStats } from "../../../../src/entry/cli/show/wiki-chart.ts";

const plain = makePaint(false);
const widest = (text: string) => Math.max(...text.split("\n").map((line) => [...stripVTControlCharacters(line)].length));
const count = (claims: number, stale = 0): Omit<WikiDay, "day" | "commit"> => ({
  ...{ pages: Math.min(claims, 3), claims, superseded: 1, cited: claims, authority: { operator: 1, verified: claims, distilled: 0 } },
  ...{ citations: claims, ok: claims - stale, moved: 0, stale, missing: 0, marked: 0 },
});
const dayOf = (at: number) => new Date(Date.UTC(2026, 7, 1 + at)).toISOString().slice(0, 10);
const stats = (domain: string, days: readonly WikiDay[], now = count(0)): WikiStats => ({
  ...{ domain, ...now, problems: 0, artifacts: 0, written: 0, inReview: 2, days },
});
const grown = (length: number) =>
  Array.from({ length }, (_, at): WikiDay => ({ day: dayOf(at), commit: "a".repeat(40), ...count(at * 3, at > 50 ? 2 : 0) }));

describe("K9: the figures of wikis in a terminal", () => {
  test("an empty wiki has its row, and no chart of nothing; no wiki has a head alone", () => {
    const drawn = drawWikiStats([stats("music", [])], plain);
    expect(drawn.split("\n")).toHaveLength(2);
    expect(drawn.split("\n")[1]).toMatch(/^music +0 +0 +1 +0 +0 +1 +0 +0 +0 +0 +0 +0 +2$/);
    expect(drawWikiStats([], plain).split("\n")).toHaveLength(1);
  });

  test("one day is one column, and a row where days are asked for", () => {
    const days = [{ day: dayOf(0), commit: "a".repeat(40), ...count(4, 1) }];
    const drawn = drawWikiStats([stats("music", days, count(4, 1))], plain);
    expect(drawn).toContain("music  claims  █                     4 → 4  2026-08-01 to 2026-08-01");
    expect(drawn).toContain("worn    █                     1 → 1  moved, stale or missing");
    expect(drawn).toContain("health  ███████████████░░░░░  75 %   0 moved, 1 stale, 0 missing");
    expect(drawWikiDays([stats("music", days)], plain)).toMatch(/\n2026-08-01 +music +3 +4 +1 +4 +0 +1 +4 +3 +0 +1 +0 +0$/);
  });

  test.each([200, 100, 80, 60, 40, 24])(
    "a hundred days in %i columns: nothing is wider, every figure is there, and the last day counts",
    (columns) => {
      const days = grown(100);
      const all = [stats("music", days, count(297, 2)), stats("a-domain-with-a-name-of-32-signs", days, count(297, 2))];
      for (const shown of [all, all.slice(0, 1)]) {
        const drawn = drawWikiStats(shown, plain, columns);
        // A name, a date or a bar is not cut.
        expect(widest(drawn)).toBeLessThanOrEqual(Math.max(columns, 36));
        for (const figure of ["297", "295", "0 → 297", "0 → 2", "99 %"]) expect(drawn).toContain(figure);
        const [spark = ""] = /[▁▂▃▄▅▆▇█]{8,}/.exec(drawn) ?? [];
        expect(spark.endsWith("█")).toBe(true);
      }
    },
  );

  test("without colour it is the same text, and no escape is in it", () => {
    const all = [stats("music", grown(14), count(39, 2))];
    const [bare, painted] = [drawWikiStats(all, plain), drawWikiStats(all, makePaint(true))];
    expect(bare).not.toContain("\u001b");
    expect(painted).toContain("\u001b[");
    expect(stripVTControlCharacters(painted)).toBe(bare);
  });
});
