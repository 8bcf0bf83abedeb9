import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPassageIndexes } from "../../src/adapter/search-libsql/open-index.ts";
import { createSearch } from "../../src/app/ask-wiki.ts";
import { indexWikis } from "../../src/app/index-wikis.ts";
import type { Embedder, FoundEmbedder } from "../../src/port/search.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

const page = (title: string, ...claims: string[]) =>
  `---\ntitle: ${title}\nkind: pattern\nowner: me\nauthority: operator\nupdated: 2026-11-20\n---\n\n# ${title}\n\n${claims.map((claim) => `- ${claim}[^c1]`).join("\n")}\n\n[^c1]: operator 2026-11-01\n`;

const senses = ["record vinyl lp", "money price cost", "cat feline"].map((words) => words.split(" "));

/** Knows three senses, each in several words. */
function makeEmbedder(): Embedder & { readonly texts: string[]; broken: boolean } {
  const texts: string[] = [];
  const made = {
    ...{ name: "senses", texts, broken: false },
    embed: async (given: readonly string[]) => {
      if (made.broken) throw new Error("out of memory");
      texts.push(...given);
      return given.map((text) => {
        const counts = senses.map((words) => words.filter((word) => text.toLowerCase().includes(word)).length);
        const length = Math.hypot(...counts, 0.1);
        return Float32Array.from([...counts, 0.1], (count) => count / length);
      });
    },
  };
  return made;
}

describe("a wiki that is asked by vectors too", () => {
  let opened: WikiWorld;
  beforeAll(async () => {
    opened = await makeWikiWorld({
      music: {
        prefix: "MUS",
        files: { "wiki/a.md": page("A", "Vinyl sells.", "The price rose."), "wiki/b.md": page("B", "The feline sleeps.") },
      },
      label: { prefix: "LAB", files: { "wiki/a.md": page("A", "Nothing of it here.") } },
    });
  });
  afterAll(() => opened.remove());
  const make = (found: () => FoundEmbedder) => {
    const search = createSearch(opened.world, openPassageIndexes(join(opened.root, ".mos/search")), async () => found());
    return { search, workspace: opened.world.workspace, signal: new AbortController().signal };
  };
  const absent: FoundEmbedder = { kind: "absent", reason: "none is installed", remedy: "npm install it" };
  const texts = (found: { text: string }[]) => found.map(({ text }) => text);

  test("Q9 Q11: without an embedder all works by words, and it says why; with one, each passage is computed once, and asked by sense", async () => {
    const without = make(() => absent);
    const asked = { domain: "music", question: "What does an LP cost?" };
    expect(texts(await without.search.ask(asked))).toEqual([]);
    const [state] = await indexWikis(without, { domain: "music", untilMs: 1000 });
    expect(state).toEqual({ domain: "music", passages: 3, vectors: 0, absent: { reason: "none is installed", remedy: "npm install it" } });

    const embedder = makeEmbedder();
    const world = make(() => ({ kind: "found", embedder }));
    expect(texts(await world.search.ask(asked))).toEqual([]);
    expect(embedder.texts).toEqual([]);
    const states = await indexWikis(world, { untilMs: 60_000 });
    expect(states.map(({ domain, passages, vectors }) => [domain, passages, vectors])).toEqual([
      ["music", 3, 3],
      ["label", 1, 1],
      ["operator", 0, 0],
    ]);
    expect(embedder.texts).toHaveLength(4);
    expect(texts(await world.search.ask(asked)).sort()).toEqual(["The price rose.", "Vinyl sells."]);
    expect(texts(await world.search.ask({ domain: "music", question: "my cat" }))).toEqual(["The feline sleeps."]);
    expect(texts(await world.search.ask({ domain: "label", question: "my cat" }))).toEqual([]);
    expect(readFileSync(join(opened.root, ".mos/search/label.db")).includes("feline")).toBe(false);

    embedder.texts.length = 0;
    opened.commit("music", { "wiki/b.md": page("B", "The feline sleeps.", "The record is broken.") });
    expect(texts(await world.search.ask({ domain: "music", question: "my cat" }))).toEqual(["The feline sleeps."]);
    await indexWikis(world, { untilMs: 60_000 });
    expect(embedder.texts.filter((text) => !text.startsWith("my "))).toEqual(["B\nThe record is broken."]);
  });

  test("Q9: an embedder that fails costs its leg, not the answer; off is off", async () => {
    const embedder = makeEmbedder();
    const world = make(() => ({ kind: "found", embedder }));
    await indexWikis(world, { untilMs: 60_000 });
    embedder.broken = true;
    expect(texts(await world.search.ask({ domain: "music", question: "feline" }))[0]).toBe("The feline sleeps.");
    opened.commit("label", { "wiki/c.md": page("C", "One more.") });
    const [state] = await indexWikis(world, { domain: "label", untilMs: 60_000 });
    expect(state).toMatchObject({ passages: 2, vectors: 1, absent: { reason: "senses failed: out of memory" } });
    const { workspace } = opened.world;
    const search = { ...workspace.config.search, vectors: "off" as const };
    const off = createSearch(
      { git: opened.world.git, workspace: { ...workspace, config: { ...workspace.config, search } } },
      openPassageIndexes(join(opened.root, ".mos/search")),
      async () => ({ kind: "found", embedder: makeEmbedder() }),
    );
    expect(texts(await off.ask({ domain: "music", question: "my cat" }))).toEqual([]);
  });

  test("Q11: whoever is stopped keeps what was computed; another embedder's vectors are not compared", async () => {
    const other = { ...makeEmbedder(), name: "other senses" };
    const world = make(() => ({ kind: "found", embedder: other }));
    const stopped = await indexWikis(world, { domain: "music", untilMs: 0 });
    expect(stopped).toMatchObject([{ passages: 4, vectors: 0, embedder: "other senses" }]);
    expect(texts(await world.search.ask({ domain: "music", question: "my cat" }))).toEqual([]);
    expect(await indexWikis(world, { domain: "music", untilMs: 60_000 })).toMatchObject([{ passages: 4, vectors: 4 }]);
    expect(texts(await world.search.ask({ domain: "music", question: "my cat" }))).toEqual(["The feline sleeps."]);
  });
});
