import { afterEach, expect, test } from "vitest";
import { checkWiki } from "../../../src/app/check-wiki.ts";
import { checkDomainWiki } from "../../../src/core/knowledge/check-wiki.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const matter = "---\ntitle: Releases\nkind: pattern\nowner: music\nauthority: verified\nupdated: 2026-11-01\n---\n\n";
const plan = "# Plan\n\nMasters are due 14 days before release.\nSingles come out on Fridays.\n";

async function openWorld(): Promise<{ wiki: WikiWorld; first: string }> {
  const wiki = await makeWikiWorld({
    music: { prefix: "MUS", files: { "notes/plan.md": plan } },
    agency: { prefix: "AGE", files: { "notes/offer.md": "Rates are 900 a day.\n" } },
  });
  made = wiki;
  return { wiki, first: (await wiki.world.git.at(wiki.domain("music").home.path).head()).commit ?? "" };
}

function page(...claims: readonly [string, string][]): string {
  const lines = claims.map(([claim], index) => `- ${claim} [^c${index + 1}]`);
  const notes = claims.map(([, source], index) => `[^c${index + 1}]: ${source}`);
  return `${matter}# Releases\n\n## Claims\n\n${lines.join("\n")}\n\n${notes.join("\n")}\n`;
}

const index = "# Wiki\n\n- [Releases](releases.md)\n";
const check = async (wiki: WikiWorld, where: { treeish?: string; base?: string } = {}) =>
  (await checkDomainWiki({ domain: wiki.domain("music"), git: wiki.world.git, store: wiki.world.store, ...where })).map(
    ({ page, line, kind }) => `${page}:${line} ${kind}`,
  );

test("K4: a wiki whose every claim is found at its source has no problems", async () => {
  const { wiki, first } = await openWorld();
  wiki.commit("music", {
    "wiki/index.md": index,
    "wiki/releases.md": page(["Masters are due 14 days before.", `commit ${first} notes/plan.md#L3 "due 14 days"`]),
  });
  expect(await check(wiki)).toEqual([]);
  expect(await checkWiki(wiki.world)).toEqual([]);
});

test("K1: front matter, links, index, uncited claims and undefined footnotes are named with their lines", async () => {
  const { wiki } = await openWorld();
  wiki.commit("music", {
    "wiki/index.md": "# Wiki\n\n- [Gone](gone.md)\n",
    "wiki/bare.md": "# Bare\n\n- a claim\n",
    "wiki/releases.md": `${matter.replace("verified", "hearsay")}# Releases\n\n- due early [^c1]\n- see [plan](../notes/plan.md#nowhere), [it](#releases)\n- x [^c2]\n\n[^c1]: hearsay\n`,
  });
  expect(await check(wiki)).toEqual([
    "wiki/bare.md:1 front-matter",
    "wiki/bare.md:3 claim-uncited",
    "wiki/index.md:1 index",
    "wiki/index.md:1 index",
    "wiki/index.md:3 link",
    "wiki/releases.md:5 front-matter",
    "wiki/releases.md:12 claim-uncited",
    "wiki/releases.md:13 citation-missing",
    "wiki/releases.md:15 citation-missing",
  ]);
});

test("K4: stale, moved and missing are told apart on a real history", async () => {
  const { wiki, first } = await openWorld();
  wiki.commit("music", {
    "wiki/index.md": index,
    "wiki/releases.md": page(
      ["Masters are due 14 days before.", `commit ${first} notes/plan.md#L3 "due 14 days"`],
      ["Singles come out on Fridays.", `commit ${first} notes/plan.md#L4`],
      ["Albums come out on Mondays.", `commit ${first} notes/plan.md#L4 "Albums on Mondays"`],
      ["Someone said so.", `commit ${"a".repeat(40)} notes/plan.md#L1`],
      ["A ticket said so.", 'ticket MUS-7 "so"'],
    ),
    "notes/plan.md": "# Plan\n\nMasters are due 20 days before release.\n",
    "notes/days.md": "On days\n\nSingles come out on   Fridays.\n",
  });
  const problems = await checkDomainWiki({ domain: wiki.domain("music"), git: wiki.world.git, store: wiki.world.store });
  expect(problems.map(({ line, kind, problem }) => [line, kind, problem])).toEqual([
    [13, "citation-stale", 'notes/plan.md no longer says "due 14 days"'],
    [14, "citation-stale", 'notes/plan.md no longer says "Singles come out on Fridays."'],
    [15, "citation-missing", `notes/plan.md#L4 at ${first.slice(0, 12)} does not say "Albums on Mondays"`],
    [16, "citation-missing", "no commit aaaaaaaaaaaa has landed in music"],
    [17, "citation-missing", "no ticket MUS-7 has landed in music"],
  ]);
  wiki.commit("music", { "notes/days.md": "On days\n\nSingles come out on Fridays.\n" });
  const moved = (await checkDomainWiki({ domain: wiki.domain("music"), git: wiki.world.git })).find(({ line }) => line === 14);
  expect(moved).toMatchObject({ kind: "citation-moved", problem: "the words now stand in notes/days.md#L3" });
});

test("K4: only citations that a change adds or touches can fail it", async () => {
  const { wiki, first } = await openWorld();
  const claim: [string, string] = ["Masters are due 14 days before.", `commit ${first} notes/plan.md#L3 "due 14 days"`];
  const base = wiki.commit("music", { "wiki/index.md": index, "wiki/releases.md": page(claim) });
  const source = wiki.commit("music", { "notes/plan.md": "# Plan\n" });
  expect(await check(wiki)).toEqual(["wiki/releases.md:13 citation-stale"]);
  expect(await check(wiki, { base, treeish: source })).toEqual([]);
  const beside = wiki.commit("music", { "wiki/releases.md": page(["Operators decide.", "operator 2026-11-01"], claim) });
  expect(await check(wiki, { base: source, treeish: beside })).toEqual([]);
  const touched = wiki.commit("music", { "wiki/releases.md": page(["Masters are due early.", claim[1]]) });
  expect(await check(wiki, { base: source, treeish: touched })).toEqual(["wiki/releases.md:13 citation-stale"]);
});

test("K4: a removed file that the wiki links to fails the change that removes it, not the next one", async () => {
  const { wiki } = await openWorld();
  const base = wiki.commit("music", { "wiki/index.md": `${index}- [Plan](../notes/plan.md)\n`, "wiki/releases.md": page() });
  const repo = wiki.world.git.at(wiki.domain("music").home.path);
  const tree = await repo.editTree(base, { "notes/plan.md": undefined });
  expect(await check(wiki, { base, treeish: tree })).toEqual(["wiki/index.md:4 link"]);
  const next = await repo.editTree(tree, { "notes/other.md": "x\n" });
  expect(await check(wiki, { base: tree, treeish: next })).toEqual([]);
});

test("I1: a citation of another silo's commit, ticket or artifact is missing", async () => {
  const { wiki } = await openWorld();
  const other = (await wiki.world.git.at(wiki.domain("agency").home.path).head()).commit ?? "";
  await wiki.world.store.write((tx) =>
    tx.artifacts.put({ id: "ticket:AGE-1", domain: "agency", kind: "ticket", source: "AGE-1", at: wiki.clock.now(), text: "Learned: x" }),
  );
  wiki.commit("music", {
    "wiki/index.md": index,
    "wiki/releases.md": page(
      ["Rates.", `commit ${other} notes/offer.md#L1`],
      ["Learned.", 'ticket AGE-1 "x"'],
      ["Again.", 'artifact ticket:AGE-1 "x"'],
    ),
  });
  expect(await check(wiki)).toEqual([
    "wiki/releases.md:13 citation-missing",
    "wiki/releases.md:14 citation-missing",
    "wiki/releases.md:15 citation-missing",
  ]);
});

test("K4: a commit of an attached repository is a source, one that no branch holds is none", async () => {
  const { wiki } = await openWorld();
  const music = wiki.domain("music");
  const agency = wiki.domain("agency");
  const domain = { ...music, repos: [music.home, { ...agency.home, domain: "music", name: "app", lane: "music/app" }] };
  const repo = wiki.world.git.at(agency.home.path);
  const landed = (await repo.head()).commit ?? "";
  const tree = await repo.editTree(landed, { "notes/offer.md": "Rates are 950 a day.\n" });
  const loose = await repo.commitTree({ tree, parents: [landed], message: "loose" });
  wiki.commit("music", {
    "wiki/index.md": index,
    "wiki/releases.md": page(
      ["Rates.", `commit ${landed} notes/offer.md#L1 "900 a day"`],
      ["New rates.", `commit ${loose} notes/offer.md#L1 "950 a day"`],
    ),
  });
  const problems = await checkDomainWiki({ domain, git: wiki.world.git });
  expect(problems.map(({ line, kind }) => [line, kind])).toEqual([[14, "citation-missing"]]);
  wiki.commit("agency", { "notes/offer.md": "As of May:\n\nRates are 900 a day.\n" });
  const later = await checkDomainWiki({ domain, git: wiki.world.git });
  expect(later[0]).toMatchObject({ line: 13, kind: "citation-moved", problem: "the words now stand in notes/offer.md#L3" });
});

test("K4: on a clone without a store a ticket is what its landing says", async () => {
  const { wiki } = await openWorld();
  const music = wiki.domain("music");
  const repo = wiki.world.git.at(music.home.path);
  const base = (await repo.head()).commit ?? "";
  const message = "Mend links\n\nAll of them.\n\nTicket: MUS-7\nLearned: links break when a folder is renamed\n";
  const { tree } = await repo.commit(base);
  const commit = await repo.commitTree({ tree, parents: [base], message });
  await repo.updateRefs([{ ref: "refs/heads/main", from: base, to: commit }], "test");
  wiki.commit("music", {
    "wiki/index.md": index,
    "wiki/releases.md": page(
      ["Links break.", 'ticket MUS-7 "break when a folder is renamed"'],
      ["More.", 'ticket MUS-7 "never"'],
      ["Other.", "ticket MUS-70"],
    ),
  });
  const problems = await checkDomainWiki({ domain: music, git: wiki.world.git });
  expect(problems.map(({ line, problem }) => [line, problem])).toEqual([
    [14, 'ticket MUS-7 does not say "never"'],
    [15, "no ticket MUS-70 has landed in music"],
  ]);
});

test("a domain that is not there is named, with those that are", async () => {
  const { wiki } = await openWorld();
  await expect(checkWiki(wiki.world, { domain: "musik" })).rejects.toMatchObject({ code: "domain-unknown", exit: 3 });
  await expect(checkWiki(wiki.world, { domain: "music", repo: "app" })).rejects.toMatchObject({ code: "repository-unknown" });
});
