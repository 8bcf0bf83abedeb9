import { afterEach, expect, test } from "vitest";
import { distill } from "../../../src/app/distill.ts";
import type { CitationAnchor } from "../../../src/contract/knowledge.ts";
import { anchorQuote } from "../../../src/core/knowledge/anchor-quote.ts";
import { checkDomainWiki } from "../../../src/core/knowledge/check-wiki.ts";
import { parsePage } from "../../../src/core/knowledge/parse-page.ts";
import { pageOfSidecar, readSidecar, sidecarPath, writeSidecar } from "../../../src/core/knowledge/sidecar.ts";
import { landLibrarian } from "../../support/land-librarian.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const plan = "# Plan\n\nMasters are due 14 days before release.\nSingles come out on Fridays.\n\nThe plant closes in August.\n";
const matter = "---\ntitle: Releases\nkind: pattern\nowner: music\nauthority: verified\nupdated: 2026-11-01\n---\n\n# Releases\n\n";
const beside = sidecarPath("wiki/releases.md");

async function openWorld(): Promise<{ wiki: WikiWorld; first: string }> {
  made = await makeWikiWorld({ music: { prefix: "MUS", files: { "notes/plan.md": plan } } });
  return { wiki: made, first: (await made.world.git.at(made.domain("music").home.path).head()).commit ?? "" };
}

const entry = (commit: string, given: Partial<CitationAnchor> = {}): CitationAnchor => ({
  ...{ repository: "home", commit, path: "notes/plan.md", from: 4, to: 4 },
  ...anchorQuote(plan, { from: 4, to: 4 }),
  ...given,
});
const text = (anchor: CitationAnchor, id = "c1") => JSON.stringify({ version: 1, citations: { [id]: anchor } });
const page = (source: string) => ({
  "wiki/index.md": "# Wiki\n\n- [Releases](releases.md)\n",
  "wiki/releases.md": `${matter}- Singles come out on Fridays. [^c1]\n\n[^c1]: ${source}\n`,
});
const check = async (wiki: WikiWorld, where: { treeish?: string; base?: string } = {}) =>
  (await checkDomainWiki({ domain: wiki.domain("music"), git: wiki.world.git, store: wiki.world.store, ...where })).map(
    ({ kind, problem }) => `${kind}: ${problem}`,
  );

test("K1: the librarian's edit writes the sidecar with the claim, and both are sound", async () => {
  const { wiki } = await openWorld();
  wiki.commit("music", { "notes/plant.md": "# Plant\n\nWe went there.\n\nLearned: the plant needs six weeks for vinyl\n\nNice people.\n" });
  const [id = ""] = (await distill(wiki.world, { domain: "music" })).tickets;
  await landLibrarian(wiki, id);
  const repo = wiki.world.git.at(wiki.domain("music").home.path);
  const read = (path: string) => repo.readFile("refs/heads/main", path);
  const { anchors } = readSidecar((await read(sidecarPath("wiki/history.md"))) ?? "");
  const [note] = parsePage((await read("wiki/history.md")) ?? "").footnotes;
  expect(note?.citation).toMatchObject({ kind: "commit", path: "notes/plant.md", from: 5, to: 5 });
  const { commit = "" } = note?.citation?.kind === "commit" ? note.citation : {};
  const hashes = anchorQuote((await read("notes/plant.md")) ?? "", { from: 5, to: 5, quote: "the plant needs six weeks for vinyl" });
  expect(anchors.get("c1")).toEqual({ repository: "home", commit, path: "notes/plant.md", from: 5, to: 5, ...hashes });
  expect(hashes).toMatchObject({ before: expect.stringMatching(/^\w{16} \w{16}$/), after: expect.stringMatching(/^\w{16}$/) });
  expect(await check(wiki)).toEqual([]);
});

test("K4: without a quote in the footnote the hash says what was cited: other lines are missing, the words elsewhere moved", async () => {
  const { wiki, first } = await openWorld();
  const cite = (line: number) => page(`commit ${first} notes/plan.md#L${line}`);
  wiki.commit("music", { ...cite(4), [beside]: text(entry(first)) });
  expect(await check(wiki)).toEqual([]);
  wiki.commit("music", { ...cite(3), [beside]: text(entry(first, { from: 3, to: 3 })) });
  expect(await check(wiki)).toEqual([
    expect.stringContaining("citation-missing: notes/plan.md#L3"),
    expect.stringContaining("citation-sidecar: wiki/releases.md.cites.json contradicts this footnote: it has the hash of other words"),
  ]);
  wiki.commit("music", { ...cite(4), [beside]: text(entry(first)), "notes/plan.md": `New.\n\n${plan}` });
  expect(await check(wiki)).toEqual(["citation-moved: the words now stand in notes/plan.md#L6"]);
});

test("K4: a sidecar that contradicts its footnote or the source is a finding, and changes nothing of what is ok", async () => {
  const { wiki, first } = await openWorld();
  const quoted = page(`commit ${first} notes/plan.md#L4 "Singles come out on Fridays."`);
  const wrong: [Partial<CitationAnchor>, string][] = [
    [{ repository: "site" }, "it names the repository site, not home"],
    [{ commit: "b".repeat(40) }, "it names commit bbbbbbbbbbbb"],
    [{ path: "notes/other.md" }, "it names notes/other.md#L4"],
    [{ from: 3 }, "it names notes/plan.md#L3-L4"],
    [{ quote: "0".repeat(64) }, "it has the hash of other words than the footnote quotes"],
    [{ before: "" }, "it has hashes of other lines than stood around the quote"],
    [{ after: "0".repeat(16) }, "it has hashes of other lines than stood around the quote"],
  ];
  for (const [given, reason] of wrong) {
    wiki.commit("music", { ...quoted, [beside]: text(entry(first, given)) });
    expect(await check(wiki), reason).toEqual([`citation-sidecar: ${beside} contradicts this footnote: ${reason}`]);
  }
  for (const [broken, reason] of [
    ["{", "cannot be read: it is no JSON"],
    [JSON.stringify({ version: 2, citations: {} }), "cannot be read: version"],
    [text(entry(first, { path: "../../etc/passwd" })), "cannot be read: citations.c1.path"],
    [text(entry(first), "c9"), "speaks of footnotes that are not there: c9"],
  ] as const) {
    wiki.commit("music", { ...quoted, [beside]: broken });
    expect(await check(wiki), reason).toEqual([expect.stringContaining(`citation-sidecar: ${beside} ${reason}`)]);
  }
  const missing = page(`commit ${first} notes/plan.md#L4 "Singles come out on Mondays."`);
  wiki.commit("music", { ...missing, [beside]: text(entry(first)) });
  expect(await check(wiki)).toEqual([expect.stringContaining("citation-missing"), expect.stringContaining("citation-sidecar")]);
});

test("K4: a gate fails on a sidecar that its ticket writes wrong, not on one that an edit by hand leaves behind", async () => {
  const { wiki, first } = await openWorld();
  const quoted = page(`commit ${first} notes/plan.md#L4 "Singles come out on Fridays."`);
  const base = wiki.commit("music", { ...quoted, [beside]: text(entry(first)) });
  const wrong = wiki.commit("music", { [beside]: text(entry(first, { after: "" })) });
  expect(await check(wiki, { base, treeish: wrong })).toEqual([expect.stringContaining("citation-sidecar")]);
  const sound = wiki.commit("music", { [beside]: text(entry(first)) });
  const byHand = wiki.commit("music", page(`commit ${first} notes/plan.md#L3-L4 "Singles come out on Fridays."`));
  expect(await check(wiki, { base: sound, treeish: byHand })).toEqual([]);
  expect(await check(wiki)).toEqual([expect.stringContaining("citation-sidecar")]);
  const none = wiki.commit("music", page(`commit ${first} notes/plan.md#L4`));
  const wrongHash = wiki.commit("music", { [beside]: text(entry(first, { quote: "0".repeat(64) })) });
  expect((await check(wiki, { base: none, treeish: wrongHash }))[0]).toContain("citation-missing");
});

test("K1: a sidecar's bytes follow from its entries: in the footnotes' order, without those that are gone", () => {
  const one = entry("a".repeat(40));
  const two = parsePage("- a [^b]\n- b [^a]\n\n[^b]: operator 2026-01-01\n[^a]: operator 2026-01-01\n");
  const anchors = (ids: readonly string[]) => new Map(ids.map((id) => [id, one] as const));
  const written = writeSidecar(two, anchors(["a", "b", "gone"]));
  expect(Object.keys(JSON.parse(written ?? "").citations)).toEqual(["b", "a"]);
  expect(writeSidecar(two, anchors(["b", "a"]))).toBe(written);
  expect(writeSidecar(two, anchors(["gone"]))).toBeUndefined();
  expect([...readSidecar(written ?? "").anchors]).toEqual([
    ["b", one],
    ["a", one],
  ]);
  expect(["wiki/a.md.cites.json", "wiki/a.json", "notes/a.md.cites.json"].map(pageOfSidecar)).toEqual(["wiki/a.md", undefined, undefined]);
});
