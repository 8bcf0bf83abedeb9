import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openPassageIndexes } from "../../src/adapter/search-libsql/open-index.ts";
import { createSearch } from "../../src/app/ask-wiki.ts";
import { indexWikis } from "../../src/app/index-wikis.ts";
import { narrowWorld } from "../../src/app/narrow-world.ts";
import { tellWiki } from "../../src/core/search/tell-wiki.ts";
import { domainTools } from "../../src/entry/mcp/domain/tools.ts";
import type { ToolContext } from "../../src/entry/mcp/mcp-tool.ts";
import type { Embedder } from "../../src/port/search.ts";
import type { World } from "../../src/port/world.ts";
import { tellScout } from "../../src/stage/scout/tell-scout.ts";
import { makeWikiWorld } from "../support/make-wiki-world.ts";
import { scaleRuns } from "../support/read-seed.ts";

const canary = "zebrafinch";
const words = "vinyl record press plant tour stage label artist contract royalty week november market sale master tape".split(" ");
const pick = (at: number) => words[((at * 7919) % 104_729) % words.length] ?? "";
const claims = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => Array.from({ length: 9 }, (__, step) => pick(from + at * 31 + step * step)).join(" "));
const page = (title: string, ...said: string[]) =>
  `---\ntitle: ${title}\nkind: pattern\nowner: me\nauthority: operator\nupdated: 2026-11-20\n---\n\n# ${title}\n\n${said.map((claim) => `- ${claim}[^c1]`).join("\n")}\n\n[^c1]: operator 2026-11-01\n`;
const pages = (step: number, count: number, more = "") =>
  Object.fromEntries(
    Array.from({ length: 6 }, (_, at) => [`wiki/p${at}.md`, page(`P${at}`, ...claims(at * step, count), ...(more === "" ? [] : [more]))]),
  );

/** Knows two senses of the words that all of it is made of. */
const embedder: Embedder = {
  name: "senses",
  embed: async (texts) =>
    texts.map((text) => {
      const count = (some: readonly string[]) => some.filter((word) => text.includes(word)).length;
      const [one, other] = [count(words.slice(0, 8)), count(words.slice(8))];
      return Float32Array.from([one, other, 1], (value) => value / Math.hypot(one, other, 1));
    }),
};

type Homes = Parameters<typeof makeWikiWorld>[0];

/** All that questions to `music` give, each way, by both legs; what else there is changes between them. */
async function askAll(homes: Homes): Promise<string[]> {
  const made = await makeWikiWorld(homes);
  try {
    const search = createSearch(made.world, openPassageIndexes(join(made.root, ".mos/search")), async () => ({ kind: "found", embedder }));
    const world: World = { ...made.world, search };
    const index = () => indexWikis({ search, workspace: world.workspace, signal: world.signal }, { untilMs: 60_000 });
    await index();
    const answers: string[] = [];
    for (let at = 0; at < scaleRuns({ short: 40, long: 1000 }); at += 1) {
      if (at % 20 === 0 && homes.other !== undefined) {
        made.commit("other", { "wiki/new.md": page("New", ...claims(at, 10), canary) });
        if (at % 200 === 0) await index();
        await search.ask({ domain: "other", question: `vinyl record ${canary}` });
      }
      const question = Array.from({ length: 1 + (at % 9) }, (_, step) => pick(at * 13 + step)).join(" ");
      answers.push(JSON.stringify(await askEachWay(world, made.domain("music"), { question, max: 1 + (at % 20) })));
    }
    for (const name of readdirSync(join(made.root, ".mos/search")).filter((file) => file !== "other.db"))
      expect(readFileSync(join(made.root, ".mos/search", name)).includes(canary), name).toBe(false);
    return answers;
  } finally {
    await made.remove();
  }
}

async function askEachWay(world: World, domain: Parameters<typeof tellScout>[1]["domain"], asked: { question: string; max: number }) {
  const tool = domainTools.find(({ name }) => name === "ask_wiki");
  const fact = { kind: "change" as const, text: asked.question, evidence: [], score: 1 };
  const found = { facts: [fact], decisions: [], guide: "Guide" };
  return {
    ask: await world.search.ask({ domain: domain.name, ...asked }),
    session: await narrowWorld(world).search.ask({ domain: domain.name, ...asked }),
    executor: await tellWiki(world, { stage: "execute", domain: domain.name, ticket: "MUS-1", question: asked.question }),
    verifier: await tellWiki(world, { stage: "verify", domain: domain.name, question: asked.question, tokensMax: 1000 }),
    scout: await tellScout(world, { domain, found, repo: domain.home, commit: "c".repeat(40) }),
    server: await tool?.run({ world, domain: domain.name } as ToolContext, asked),
  };
}

describe("two silos with the same words", () => {
  test("Q3 K6: results, scores and ranking are byte-equal whether the other is there or not, open or sealed, each way that there is", {
    timeout: 900_000,
  }, async () => {
    const music = { prefix: "MUS", files: pages(1000, 20) };
    const other = { prefix: "OTH", files: pages(77, 35, canary) };
    const begun = performance.now();
    const alone = await askAll({ music });
    expect(alone.filter((answer) => answer.includes('"ask":[]') || answer.includes('"passages":[]'))).toEqual([]);
    expect(await askAll({ music, other })).toEqual(alone);
    expect(await askAll({ music, other: { ...other, sealed: true } })).toEqual(alone);
    console.info(
      `${alone.length} questions, six ways each, beside nothing, an open and a sealed silo: ${Math.round((performance.now() - begun) / 1000)} s`,
    );
  });
});
