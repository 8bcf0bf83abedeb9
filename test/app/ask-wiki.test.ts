import { readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { narrowWorld } from "../../src/app/narrow-world.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";
import { scaleRuns } from "../support/read-seed.ts";

const matter = (title: string) =>
  `---\ntitle: ${title}\nkind: pattern\nowner: librarian\nauthority: operator\nupdated: 2026-11-20\n---\n\n`;
const pages = {
  "wiki/index.md": "# Index\n\n- [Vinyl](vinyl.md)\n",
  "wiki/vinyl.md": `${matter("Vinyl")}# Vinyl\n\nHow records are pressed and sold.\n\n## Sales\n\n- Records sell best in November.[^c1]\n- ~~Cassettes outsell records.~~[^c1]\n- The pressing plant in Haarlem takes nine weeks.[^c2]\n\n[^c1]: operator 2026-11-01\n[^c2]: ticket MUS-7 "nine weeks"\n`,
  "wiki/voice.md": `${matter("Voice")}# Voice\n\nWe write short sentences.\n`,
};

const lineCount = scaleRuns({ short: 2_000, long: 100_000 });

test(`Q5: a page of ${lineCount} lines, struck through or not, and one nested thousands deep are indexed, and found beside the others`, {
  timeout: 600_000,
}, async () => {
  const lines = (count: number, write: (at: number) => string) => Array.from({ length: count }, (_, at) => write(at)).join("\n");
  const made = await makeWikiWorld({
    music: {
      prefix: "MUS",
      files: {
        "wiki/items.md": `${matter("Items")}# Items\n\n${lines(lineCount, (at) => `- Crate ${at} holds records.[^c${at % 9}]`)}\n\n${lines(9, (at) => `[^c${at}]: operator 2026-11-0${at + 1}`)}\n`,
        "wiki/struck.md": `${matter("Struck")}# Struck\n\n${lines(lineCount / 5, (at) => `- ~~Crate ${at} is lost.~~[^c1]`)}\n\n[^c1]: operator 2026-11-01\n`,
        "wiki/heads.md": `${matter("Heads")}${lines(lineCount / 5, (at) => `## Part ${at}\n\nWord ${at}.`)}\n`,
        "wiki/deep.md": `${matter("Deep")}# Deep\n\n- Near the surface.\n\n${"> ".repeat(2_000)}abyss\n`,
        "wiki/deeper.md": `${matter("Deeper")}# Deeper\n\n${">".repeat(10_000)}void\n`,
        "wiki/plain.md": `${matter("Plain")}# Plain\n\n- Narwhals swim.[^c1]\n\n[^c1]: operator 2026-11-01\n`,
      },
    },
  });
  try {
    const begun = performance.now();
    const ask = (question: string) => made.world.search.ask({ domain: "music", question });
    expect((await ask("narwhals"))[0]?.text).toBe("Narwhals swim.");
    console.info(`pages of ${lineCount} items and a few strange ones: indexed in ${Math.round(performance.now() - begun)} ms`);
    expect((await ask(`crate ${lineCount - 1}`))[0]?.text).toBe(`Crate ${lineCount - 1} holds records.`);
    expect((await ask("surface"))[0]?.text).toBe("Near the surface.");
    for (const nothing of ["lost", "abyss", "void"]) expect(await ask(nothing), nothing).toEqual([]);
    expect((await ask(`part ${lineCount / 5 - 1} word`))[0]?.heading).toBe(`Part ${lineCount / 5 - 1}`);
  } finally {
    await made.remove();
  }
});

describe("questions to a wiki", () => {
  let opened: WikiWorld;
  beforeAll(async () => {
    opened = await makeWikiWorld({
      music: { prefix: "MUS", files: pages },
      trading: {
        prefix: "TRA",
        sealed: true,
        files: {
          "wiki/vinyl.md": `${matter("Vinyl stocks")}# Vinyl\n\n- Vinyl stocks fell in November.[^c1]\n\n[^c1]: operator 2026-11-01\n`,
        },
      },
      empty: { prefix: "EMP", files: { "DOMAIN.md": "# Empty\n" } },
    });
  });
  afterAll(() => opened.remove());
  const ask = (question: string, domain = "music", max?: number) =>
    opened.world.search.ask({ domain, question, ...(max === undefined ? {} : { max }) });

  test("Q1: a natural question finds the claim that answers it, with page, heading, line and what it cites", async () => {
    const [first] = await ask("When do our records sell best, and why?");
    expect(first).toMatchObject({
      page: "wiki/vinyl.md",
      title: "Vinyl",
      heading: "Sales",
      line: 15,
      text: "Records sell best in November.",
      citations: ["operator 2026-11-01"],
    });
    expect(first?.score).toBeGreaterThan(0);
  });

  test("Q2: most of a question's words may be missing; what says nothing of it is not found", async () => {
    expect((await ask("Which pressing plants are there in the Netherlands or elsewhere?"))[0]?.text).toContain("Haarlem");
    expect(await ask("quantum chromodynamics")).toEqual([]);
    expect(await ask("?!")).toEqual([]);
    expect(await ask("records sell pressing sentences", "music", 2)).toHaveLength(2);
  });

  test("K6, Q3: another domain is not found, and what it holds changes no score and no order", async () => {
    const before = await ask("vinyl November stocks records");
    expect(before.map(({ text }) => text).join()).not.toContain("stocks fell");
    const other = Array.from({ length: 300 }, (_, at) => `- Vinyl records number ${at} sell in November.[^c1]`).join("\n");
    opened.commit("trading", { "wiki/more.md": `${matter("More")}# More\n\n${other}\n\n[^c1]: operator 2026-11-01\n` });
    expect((await ask("vinyl November", "trading", 50)).length).toBe(50);
    expect(await ask("vinyl November stocks records")).toEqual(before);
  });

  test("Q4: it is the wiki as main has it now: what lands is found at once, what is only written is not", async () => {
    expect(await ask("merchandise")).toEqual([]);
    writeFileSync(join(opened.root, "music", "wiki/draft.md"), "# Draft\n\n- Unwritten is a secret.\n");
    expect(await ask("unwritten")).toEqual([]);
    opened.commit("music", {
      "wiki/merch.md": `${matter("Merch")}# Merch\n\n- Merchandise ships on Mondays.[^c1]\n\n[^c1]: operator 2026-11-01\n`,
    });
    expect(await ask("merchandise")).toHaveLength(1);
    const index = join(opened.root, ".mos/search/music.db");
    const made = statSync(index).ino;
    opened.commit("music", { "notes/x.md": "nothing of the wiki\n" });
    expect(await ask("merchandise")).toHaveLength(1);
    expect(statSync(index).ino).toBe(made);
  });

  test("Q5: many who ask at once while it changes all get an answer, and a torn index is made anew", async () => {
    for (let at = 0; at < 3; at += 1) {
      opened.commit("music", { "wiki/many.md": `${matter("Many")}# Many\n\n- Zebra ${at} stands.[^c1]\n\n[^c1]: operator 2026-11-01\n` });
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask("zebra")));
      for (const [first] of answers) expect(first?.text).toBe(`Zebra ${at} stands.`);
    }
    writeFileSync(join(opened.root, ".mos/search/music.db"), "torn");
    expect(await ask("zebra")).toHaveLength(1);
    expect(readdirSync(join(opened.root, ".mos/search")).filter((name) => !name.endsWith(".db"))).toEqual([]);
  });

  test("Q5: an index that is torn where nobody looked yet is made anew when somebody does, also after a change", async () => {
    const claims = Array.from({ length: 150 }, (_, at) => `- Narwhal ${at} swims past buoy ${at * 7}.[^c1]`).join("\n");
    opened.commit("music", { "wiki/deep.md": `${matter("Deep")}# Deep\n\n${claims}\n\n[^c1]: operator 2026-11-01\n` });
    const asked = ["narwhal buoy 770", "records November", "sentences", "narwhal 149"];
    const whole = await Promise.all(asked.map((question) => ask(question)));
    const file = join(opened.root, ".mos/search/music.db");
    for (const share of [0.1, 0.4, 0.7, 0.95]) {
      truncateSync(file, Math.floor((statSync(file).size * share) / 4096) * 4096);
      for (const [at, question] of asked.entries()) expect(await ask(question), question).toEqual(whole[at]);
    }
    truncateSync(file, Math.floor((statSync(file).size * 0.6) / 4096) * 4096);
    opened.commit("music", { "wiki/one.md": `${matter("One")}# One\n\n- Okapi.[^c1]\n\n[^c1]: operator 2026-11-01\n` });
    expect(await ask("okapi")).toHaveLength(1);
    expect(await ask("narwhal 149", "music", 50)).toHaveLength(50);
  });

  test("Q2: a question of a megabyte, of nothing, of operators or of stop words alone is answered in bounded time", async () => {
    const begun = performance.now();
    for (const question of [
      "vinyl ".repeat(180_000),
      "\0".repeat(1_000_000),
      "é".repeat(1_000_000),
      '"'.repeat(100_000),
      `${"(".repeat(50_000)}vinyl`,
    ])
      expect(Array.isArray(await ask(question))).toBe(true);
    expect((await ask(`vinyl ${"filler ".repeat(140_000)}`))[0]?.page).toBe("wiki/vinyl.md");
    for (const question of ["", " ", "\0", "\n", "🎵", "?", "\ud800"]) expect(await ask(question), JSON.stringify(question)).toEqual([]);
    expect((await ask("we and our"))[0]?.text).toBe("We write short sentences.");
    for (const question of [
      "NEAR(vinyl records)",
      "text: vinyl",
      "vin*",
      "{title} : vinyl",
      "^vinyl",
      "vinyl\0records",
      "- vinyl NOT records",
    ])
      expect(Array.isArray(await ask(question)), question).toBe(true);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test("Q6: for nothing asked for there is nothing, and no number breaks it", async () => {
    for (const max of [0, -1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY])
      expect(await ask("records", "music", max), String(max)).toEqual([]);
    expect(await ask("records", "music", 1.9)).toHaveLength(1);
    expect((await ask("records vinyl sentences", "music", Number.POSITIVE_INFINITY)).length).toBeGreaterThan(1);
  });

  test("Q4: a wiki that is a file, a link or empty is no wiki", async () => {
    opened.commit("empty", { wiki: "not a folder\n" });
    expect(await ask("folder", "empty")).toEqual([]);
  });

  test("Q6: a domain without a wiki says nothing; one that is not there is an error; operator is one", async () => {
    expect(await ask("anything", "empty")).toEqual([]);
    expect(await ask("anything", "operator")).toEqual([]);
    await expect(ask("anything", "nobody")).rejects.toMatchObject({ code: "domain-unknown", exit: 3 });
    await expect(ask("anything", "../music")).rejects.toMatchObject({ code: "domain-unknown" });
  });

  test("Q3: to whom sealed domains are not shown, one is as unknown as one that is not there", async () => {
    const { search } = narrowWorld(opened.world);
    await expect(search.ask({ domain: "trading", question: "vinyl" })).rejects.toMatchObject({ code: "domain-unknown" });
    expect((await search.ask({ domain: "music", question: "vinyl" })).length).toBeGreaterThan(0);
  });
});
