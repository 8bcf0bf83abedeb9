import { execFileSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { readWikiStats } from "../../src/app/wiki-stats.ts";
import { command } from "../../src/entry/cli/command/wiki-stats.ts";
import { makePaint } from "../../src/entry/cli/show/paint.ts";
import { drawSpark } from "../../src/entry/cli/show/wiki-chart.ts";
import { runGitIn, writeFiles } from "../support/make-repository.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const page = (authority: string, claims: readonly [string, string][]) => {
  const matter = `---\ntitle: P\nkind: pattern\nowner: music\nauthority: ${authority}\nupdated: 2026-11-01\n---\n\n# P\n\n## Claims\n\n`;
  const notes = claims.map(([, source], index) => `[^c${index + 1}]: ${source}\n`).join("");
  return `${matter}${claims.map(([claim], index) => `- ${claim} [^c${index + 1}]\n`).join("")}\n${notes}`;
};
const index = "# Wiki\n\n- [A](a.md)\n- [B](b.md)\n";

/** As a landing would, on that day. */
function commitOn(home: string, moment: string, files: Record<string, string>): string {
  writeFiles(home, files);
  runGitIn(home, "add", "-A");
  const env = { PATH: process.env.PATH, HOME: "/nonexistent", GIT_AUTHOR_DATE: moment, GIT_COMMITTER_DATE: moment };
  execFileSync("git", ["commit", "-q", "-m", "docs: a day"], { cwd: home, env });
  return runGitIn(home, "rev-parse", "HEAD");
}

test("K9: figures of a wiki: pages, claims by who stands behind them, what its citations are, and how it was at the end of each day", async () => {
  made = await makeWikiWorld({
    music: { prefix: "MUS", files: { "notes/plan.md": "Masters are due early.\nSingles on Fridays.\nThe plant closes.\n" } },
    empty: { prefix: "EMP", files: { "README.md": "# Empty\n" } },
  });
  const { world } = made;
  const home = made.domain("music").home.path;
  const first = runGitIn(home, "rev-parse", "HEAD");
  const at = (line: number) => `commit ${first} notes/plan.md#L${line}`;
  const one: [string, string] = ["Masters are due early.", at(1)];
  const two: [string, string] = ["Singles on Fridays.", at(2)];
  commitOn(home, "2026-11-10T09:00:00Z", { "wiki/index.md": "# Wiki\n\n- [A](a.md)\n", "wiki/a.md": page("verified", []) });
  const tenth = commitOn(home, "2026-11-10T23:59:00Z", { "wiki/a.md": page("verified", [one]) });
  // A day begins in UTC, wherever it was committed.
  const eleventh = commitOn(home, "2026-11-12T00:30:00+02:00", { "wiki/a.md": page("verified", [one, two]) });
  const lost: [string, string] = ["Nobody said so.", `commit ${"a".repeat(40)} x.md#L1`];
  const struck: [string, string] = ["~~The plant opens.~~ (superseded 2026-11-12)", at(3)];
  const tip = commitOn(home, "2026-11-13T12:00:00Z", {
    "wiki/index.md": index,
    "wiki/b.md": page("distilled", [["The plant closes.", at(3)], ["We say so.", "operator 2026-11-12"], lost, struck]),
    "notes/plan.md": "New first line.\nMasters are due early.\nThe plant is open.\n",
  });

  const [music, empty] = await readWikiStats(world);
  const counts = { pages: 2, claims: 5, superseded: 1, cited: 5, citations: 6, ok: 1, moved: 1, stale: 2, missing: 1, marked: 1 };
  expect(music).toMatchObject({ domain: "music", ...counts, authority: { operator: 1, verified: 2, distilled: 2 }, problems: 4 });
  const days = music?.days.map((day) => [day.day, day.commit, day.pages, day.claims, day.ok, day.moved, day.stale, day.missing]);
  expect(days?.slice(1)).toEqual([
    ["2026-11-10", tenth, 1, 1, 1, 0, 0, 0],
    ["2026-11-11", eleventh, 1, 2, 2, 0, 0, 0],
    ["2026-11-13", tip, 2, 5, 1, 1, 2, 1],
  ]);
  expect(days?.[0]?.slice(2)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(empty).toMatchObject({ domain: "empty", pages: 0, claims: 0, days: [{ claims: 0 }] });
  expect((await readWikiStats(world, { domain: "music", days: 2 })).map((stats) => stats.days.map(({ day }) => day))).toEqual([
    ["2026-11-11", "2026-11-13"],
  ]);
  expect((await readWikiStats(world, { domain: "music", days: 0 }))[0]?.days).toEqual([]);
  await expect(readWikiStats(world, { domain: "nobody" })).rejects.toMatchObject({ code: "domain-unknown" });

  const drawn = command.render([music, empty], makePaint(false), { days: 14 });
  expect(drawn).toContain("music  2      5");
  expect(drawn).toContain("music  claims   ▂▃█");
  expect(drawn).toContain("0 → 5  2026-11-01 to 2026-11-13");
  expect(drawn).toContain("health  ████░░░░░░░░░░░░░░░░  20 %   1 moved, 2 stale, 1 missing");
  expect(drawn).not.toContain("empty  claims");
  expect(drawn).toMatch(/\n2026-11-13 +music +2 +5 +1 +2 +2 +1 +5 +1 +1 +2 +1 +1$/m);
  expect(command.render([music, empty], makePaint(false), {})).not.toContain("2026-11-13  music");
});

test("K9: the chart's columns are told apart, nothing is no column, and the greatest is full", () => {
  expect(drawSpark([0, 1, 4, 8, 8])).toBe(" ▁▄██");
  expect(drawSpark([0, 0])).toBe("  ");
  expect(drawSpark([])).toBe("");
});
