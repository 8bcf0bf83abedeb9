import { afterEach, expect, test } from "vitest";
import { createRandom } from "../../../bench/seeded.ts";
import { readStatements } from "../../../src/core/knowledge/read-statements.ts";
import { readTrailers } from "../../../src/core/knowledge/read-trailers.ts";
import { distillDomain } from "../../../src/stage/distill/distill-domain.ts";
import { landLibrarian } from "../../support/land-librarian.ts";
import { makeHistory } from "../../support/make-history.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";

let wiki: WikiWorld | undefined;
afterEach(async () => {
  await wiki?.remove();
  wiki = undefined;
});

const seed = readSeed();
const commits = scaleRuns({ short: 40, long: 400 });

test(`K2: of a real history every typed trailer is extracted and nothing that only looks like one (seed ${seed}, ${commits} commits)`, {
  timeout: 900_000,
}, async () => {
  wiki = await makeWikiWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n" } } });
  const expected = await makeHistory(wiki, { domain: "music", random: createRandom(seed), commits, day: "2026-11-19" });
  const { candidates, tickets } = await distillDomain(wiki.world, wiki.domain("music"));
  const artifacts = await wiki.world.store.read((tx) => tx.artifacts.list({ domain: "music" }));
  const read = artifacts
    .flatMap((artifact) => readStatements(artifact))
    .map(({ kind, claim, supersedes }) => `${kind} ${claim} | ${supersedes ?? ""}`);
  const wanted = expected.map(({ kind, claim, supersedes }) => `${kind} ${claim} | ${supersedes ?? ""}`);
  const right = read.filter((one) => wanted.includes(one)).length;
  expect(
    read.filter((one) => !wanted.includes(one)),
    "precision 1.0",
  ).toEqual([]);
  expect(right / wanted.length, `missed: ${wanted.filter((one) => !read.includes(one)).join("\n")}`).toBeGreaterThanOrEqual(0.95);
  expect(wanted.length).toBeGreaterThan(commits / 4);

  const written = candidates.filter(({ route }) => route === "librarian");
  expect(written.length).toBeGreaterThan(0);
  for (const ticket of tickets) await landLibrarian(wiki, ticket);
  const page = (await wiki.world.git.at(wiki.domain("music").home.path).readFile("refs/heads/main", "wiki/history.md")) ?? "";
  for (const { claim, source } of written) {
    const lines = page.split("\n").filter((line) => line.startsWith(`- ${claim} [^`));
    expect(lines, `the page says ${claim} once, to the letter`).toHaveLength(1);
    const note = /\[\^(c\d+)\]$/.exec(lines[0] ?? "")?.[1];
    expect(page.split("\n")).toContain(`[^${note}]: artifact ${source.artifact} "${source.quote}"`);
  }
  expect((await distillDomain(wiki.world, wiki.domain("music"))).candidates).toEqual([]);
});

test.each([
  ["", []],
  ["Learned: a\n", [["Learned", "a"]]],
  [
    "why\n\nLearned: a\n  b\n\tc\nRefs: #1",
    [
      ["Learned", "a b c"],
      ["Refs", "#1"],
    ],
  ],
  ["why\n\nLearned: a\n(cherry picked from commit 0123456789abcdef)", [["Learned", "a"]]],
  ["why\n\nsee\nLearned: a", []],
  ["Learned: a\n\nthe end", []],
] as const)("K2: the trailers of %j", (body, trailers) => {
  expect(readTrailers(body).map(({ key, value }) => [key, value])).toEqual(trailers);
});
