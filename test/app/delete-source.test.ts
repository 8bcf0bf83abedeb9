import { afterEach, describe, expect, test } from "vitest";
import { distill } from "../../src/app/distill.ts";
import { fixWiki } from "../../src/app/fix-wiki.ts";
import { checkDomainWiki } from "../../src/core/knowledge/check-wiki.ts";
import { parseCitation, renderCitation } from "../../src/core/knowledge/parse-citation.ts";
import { carryOutCites } from "../support/carry-out-cites.ts";
import { landLibrarian } from "../support/land-librarian.ts";
import { runGitIn } from "../support/make-repository.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const sixWeeks = "The plant needs six weeks for vinyl";
const closed = "The plant is closed in August";
const note = `# Plant\n\nLearned: ${sixWeeks}\n\nLearned: ${closed}\n`;

async function open(): Promise<WikiWorld> {
  made = await makeWikiWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n", "notes/plant.md": note } } });
  return made;
}

const homeOf = (wiki: WikiWorld) => wiki.domain("music").home.path;
const show = (wiki: WikiWorld, path = "wiki/history.md") => runGitIn(homeOf(wiki), "show", `HEAD:${path}`);
const check = async (wiki: WikiWorld) =>
  (await checkDomainWiki({ domain: wiki.domain("music"), git: wiki.world.git, store: wiki.world.store })).map(({ kind }) => kind);

function remove(wiki: WikiWorld, path: string): void {
  runGitIn(homeOf(wiki), "rm", "-q", path);
  runGitIn(homeOf(wiki), "commit", "-q", "-m", "chore: it is not needed any more");
}

/** A record that says this, as the store keeps it; and its keeping in the log. */
async function keep(wiki: WikiWorld, id: string, text: string): Promise<void> {
  const [kind = "", source = ""] = id.split(":");
  const artifact = {
    id,
    domain: "music",
    kind: kind as "ticket",
    source,
    at: "2026-11-19T08:00:00.000Z",
    text: `# ${id}\nLearned: ${text}\n`,
  };
  await wiki.world.store.write(async (tx) => {
    await tx.artifacts.put(artifact);
    await tx.append({ kind: "artifact.kept", domain: "music", actor: "mos", reason: "kept", data: { artifact: id } });
  });
}

/** What `mos wiki check --fix` files, done and landed. Gives the tickets' titles. */
async function mend(wiki: WikiWorld): Promise<string[]> {
  const ids = [...new Set((await fixWiki(wiki.world, { domain: "music" })).flatMap(({ ticket }) => ticket ?? []))];
  const titles: string[] = [];
  for (const id of ids) {
    const ticket = await wiki.world.store.read((tx) => tx.tickets.get(id));
    if (ticket === undefined || ticket.status.state === "merged") continue;
    await carryOutCites(homeOf(wiki), ticket);
    const commit = runGitIn(homeOf(wiki), "rev-parse", "HEAD");
    const status = { state: "merged" as const, commit, receipt: commit };
    await wiki.world.store.write((tx) => tx.tickets.update({ ...ticket, status, version: ticket.version + 1 }, ticket.version));
    titles.push(ticket.title);
  }
  return titles;
}

async function write(wiki: WikiWorld): Promise<void> {
  for (const ticket of (await distill(wiki.world, { domain: "music" })).tickets) await landLibrarian(wiki, ticket);
}

test("K4: a deleted note marks its claims: struck where it was alone, marked where another source still stands, and given back", async () => {
  const wiki = await open();
  await keep(wiki, "session:S-1:music", sixWeeks);
  await write(wiki);
  expect(await check(wiki)).toEqual([]);
  remove(wiki, "notes/plant.md");
  expect(await check(wiki)).toEqual(["citation-stale", "citation-stale"]);
  expect(await mend(wiki)).toEqual(["Mark 2 citations whose source is gone: wiki/history.md"]);
  expect(show(wiki)).toContain(`- ${sixWeeks} [^c1][^c2]\n- ~~${closed}~~ (stale since 2026-11-20) [^c3]\n`);
  expect(show(wiki)).toMatch(
    /^\[\^c2\]: commit [0-9a-f]{40} notes\/plant\.md#L3 "The plant needs six weeks for vinyl" \(gone since 2026-11-20\)$/m,
  );
  expect(await check(wiki)).toEqual([]);
  expect(await mend(wiki)).toEqual([]);
  // The same words again: the mark goes; what was struck stays struck.
  wiki.commit("music", { "notes/plant.md": note });
  expect(await check(wiki)).toEqual(["citation-marked"]);
  expect(await mend(wiki)).toEqual(["Take the mark from a citation whose source is back: wiki/history.md"]);
  expect(show(wiki)).not.toContain(`six weeks for vinyl" (gone`);
  expect(await check(wiki)).toEqual([]);
});

test("K4: a note under another name is relocated; its kept copy is a source as long as the repository says so somewhere", async () => {
  const wiki = await open();
  await write(wiki);
  const id = (await wiki.world.store.read((tx) => tx.artifacts.list({ domain: "music" })))[0]?.id ?? "";
  wiki.commit("music", {
    "wiki/history.md": `${show(wiki)}\n`.replace("[^c1]\n", "[^c1][^c9]\n").concat(`[^c9]: artifact ${id} "${sixWeeks}"\n`),
  });
  expect(await check(wiki)).toEqual([]);
  runGitIn(homeOf(wiki), "mv", "notes/plant.md", "notes/press.md");
  runGitIn(homeOf(wiki), "commit", "-q", "-m", "docs: another name");
  expect(await check(wiki)).toEqual(["citation-moved", "citation-moved"]);
  await mend(wiki);
  expect(await check(wiki)).toEqual([]);
  remove(wiki, "notes/press.md");
  expect((await check(wiki)).toSorted()).toEqual(["citation-stale", "citation-stale", "citation-stale"]);
  await mend(wiki);
  expect(show(wiki)).toContain(`~~${sixWeeks}~~ (stale since 2026-11-20)`);
  expect(await check(wiki)).toEqual([]);
});

describe("K4: a record that is gone", () => {
  test.each(["ticket:MUS-900", "session:S-1:music", "landing:music:0123", "release:music-1"])(
    "%s: its claims are marked, not missing; one never kept is missing",
    async (id) => {
      const wiki = await open();
      remove(wiki, "notes/plant.md");
      await keep(wiki, id, sixWeeks);
      await write(wiki);
      expect(await check(wiki)).toEqual([]);
      await wiki.world.store.write((tx) => tx.artifacts.remove(id));
      expect(await check(wiki)).toEqual(["citation-stale"]);
      await mend(wiki);
      expect(await check(wiki)).toEqual([]);
      expect(show(wiki)).toContain(`~~${sixWeeks}~~ (stale since 2026-11-20)`);
      const never = id.startsWith("ticket:") ? `ticket MUS-901 "x"` : `artifact ${id}9 "x"`;
      wiki.commit("music", { "wiki/history.md": `${show(wiki)}\n- Nobody said so. [^c8]\n\n[^c8]: ${never}\n` });
      expect(await check(wiki)).toEqual(["citation-missing"]);
    },
  );

  test("a landing whose commit no branch has any more", async () => {
    const wiki = await open();
    const commit = wiki.commit("music", { "notes/plant.md": "# Nothing\n" });
    await keep(wiki, `landing:music:${commit}`, sixWeeks);
    await wiki.world.store.write(async (tx) => {
      const artifact = await tx.artifacts.get(`landing:music:${commit}`);
      if (artifact) await tx.artifacts.put({ ...artifact, commit });
    });
    await write(wiki);
    expect(await check(wiki)).toEqual([]);
    const wikiTree = runGitIn(homeOf(wiki), "rev-parse", "HEAD:wiki");
    runGitIn(homeOf(wiki), "reset", "-q", "--hard", `${commit}^`);
    runGitIn(homeOf(wiki), "read-tree", "--prefix=wiki/", "-u", wikiTree);
    runGitIn(homeOf(wiki), "commit", "-q", "-m", "docs: the wiki alone");
    expect(await check(wiki)).toEqual(["citation-stale"]);
  });
});

test("K4: nobody marks a source that still says it, nor leaves a claim with marked sources alone", async () => {
  const wiki = await open();
  await write(wiki);
  const base = runGitIn(homeOf(wiki), "rev-parse", "HEAD");
  const marked = show(wiki).replace(/^(\[\^c1\]: .*)$/m, "$1 (gone since 2026-11-20)");
  wiki.commit("music", { "wiki/history.md": `${marked}\n` });
  const judged = await checkDomainWiki({ domain: wiki.domain("music"), git: wiki.world.git, store: wiki.world.store, base });
  expect(judged.map(({ kind }) => kind).toSorted()).toEqual(["citation-marked", "claim-uncited"]);
});

test.each([
  ["operator 2026-11-01 (gone since 2026-11-20)", undefined],
  ["ticket MUS-1 (gone since yesterday)", undefined],
  ["ticket MUS-1 (gone since 2026-13-01)", undefined],
  ['ticket MUS-1 "it is (gone since 2026-11-20)"', { kind: "ticket", ticket: "MUS-1", quote: "it is (gone since 2026-11-20)" }],
  ["ticket MUS-1 (gone since 2026-11-20)", { kind: "ticket", ticket: "MUS-1", gone: "2026-11-20" }],
  ['artifact a:b "q" (gone since 2026-11-20)', { kind: "artifact", artifact: "a:b", quote: "q", gone: "2026-11-20" }],
] as const)("K1: %s", (raw, expected) => {
  const parsed = parseCitation(raw);
  expect(parsed.kind === "citation" ? parsed.citation : undefined).toEqual(expected);
  if (parsed.kind === "citation") expect(renderCitation(parsed.citation)).toBe(raw);
});
