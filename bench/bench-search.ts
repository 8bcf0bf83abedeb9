import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { openPassageIndexes } from "../src/adapter/search-libsql/open-index.ts";
import { SearchConfig } from "../src/contract/config.ts";
import { chooseWords } from "../src/core/search/choose-words.ts";
import { writeIndexTexts } from "../src/core/search/index-text.ts";
import type { Embedder, Passage, PassageIndex, SenseQuery } from "../src/port/search.ts";
import { type Figure, median } from "./figure.ts";
import { type DescribedPackage, readDebianPackages } from "./search/debian-packages.ts";
import { buildPeer, type Peer } from "./search/peer-minisearch.mjs";
import { openCachedEmbedder } from "./search/vectors.ts";
import { createRandom } from "./seeded.ts";

const passagesCount = 10_000;
const hybridCount = 2_000;
const perPage = 20;
const buildRounds = 5;
const questionsTimed = 400;
const questionsJudged = 2_000;
const cache = join(process.cwd(), ".cache/bench-search");

/**
 * Search beside minisearch with the same columns, weights, stems and stop words, each pair in turns so that both meet the same
 * load; and what is found of a public set: Debian's synopses as questions, its descriptions as passages. What a machine cannot bring
 * (no apt, no registry) is said, and its figures are left out.
 */
export async function benchSearch(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "mos-bench-search-"));
  try {
    const packages = attempt("Debian's descriptions", () => readDebianPackages(cache, passagesCount));
    const timed = await timeBeside(folder, packages ?? makeWords());
    if (packages === undefined) return timed;
    return [...timed, ...(await judgeWords(folder, packages)), ...(await judgeHybrid(folder, packages.slice(0, hybridCount)))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function attempt<T>(what: string, body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    process.stderr.write(`not measured: ${what}: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

/** Ten thousand passages in pages of twenty, each under a heading. */
function layOut(packages: readonly DescribedPackage[]): Passage[][] {
  const pages: Passage[][] = [];
  for (const [at, { name, description }] of packages.entries()) {
    const page = Math.floor(at / perPage);
    pages[page] ??= [];
    pages[page].push({
      ...{ page: `wiki/${page}.md`, title: `Chapter ${page}`, heading: name, under: [`Chapter ${page}`, name], line: at, citations: [] },
      text: description.slice(0, 2000),
    });
  }
  return pages;
}

async function timeBeside(folder: string, packages: readonly DescribedPackage[]): Promise<Figure[]> {
  const pages = layOut(packages);
  const texts = pages.flatMap((page) => writeIndexTexts(page));
  const [mine, theirs]: [number[], number[]] = [[], []];
  let index = openPassageIndexes(folder)("empty");
  let peer = buildPeer([]);
  for (let round = 0; round < buildRounds; round += 1) {
    index = openPassageIndexes(folder)(`round-${round}`);
    mine.push(await clock(() => put(index, "s1", pages)));
    theirs.push(
      await clock(() => {
        peer = buildPeer(texts);
      }),
    );
  }
  const [mineMs, theirMs] = [median(mine), median(theirs)];
  const asked = await timeQuestions(index, peer, packages.slice(0, questionsTimed));
  const updateMs = await timeUpdates(index, peer, pages);
  const megabytes = (statSync(join(folder, `round-${buildRounds - 1}.db`)).size / 1e6).toFixed(1);
  return [
    {
      what: `build of ${packages.length} passages, in minisearch's`,
      ratio: mineMs / theirMs,
      atMost: 0.5,
      detail: `${mineMs.toFixed(0)} ms against ${theirMs.toFixed(0)} ms (medians of ${buildRounds}); ${megabytes} MB on the disk`,
    },
    asked,
    {
      what: "update of one page, in a whole build",
      ratio: updateMs.mine / mineMs,
      atMost: 0.15,
      detail: `${updateMs.mine.toFixed(1)} ms, whole and on the disk; minisearch in memory: ${updateMs.theirs.toFixed(1)} ms`,
    },
  ];
}

async function timeQuestions(index: PassageIndex, peer: Peer, packages: readonly DescribedPackage[]): Promise<Figure> {
  const [mine, theirs]: [number[], number[]] = [[], []];
  for (const { synopsis } of packages) {
    const words = chooseWords(synopsis);
    mine.push(await clock(() => index.find({ stamp: "s1", words, max: 8 })));
    theirs.push(await clock(() => peer.find(words, 8)));
  }
  const [mineMs, theirMs] = [median(mine), median(theirs)];
  const detail = `${mineMs.toFixed(2)} ms against ${theirMs.toFixed(2)} ms (medians of ${packages.length} questions)`;
  return { what: "question by words, in minisearch's", ratio: mineMs / theirMs, atMost: 1.2, detail };
}

async function timeUpdates(
  index: PassageIndex,
  peer: Peer,
  pages: readonly (readonly Passage[])[],
): Promise<{ mine: number; theirs: number }> {
  const [mine, theirs]: [number[], number[]] = [[], []];
  let now = pages;
  for (let at = 0; at < 20; at += 1) {
    const number = at * 7;
    now = now.map((page, other) => (other === number ? page.map((passage) => ({ ...passage, text: `${passage.text} changed` })) : page));
    const texts = writeIndexTexts(now[number] ?? []);
    mine.push(await clock(() => put(index, `update ${at}`, now)));
    theirs.push(
      await clock(() => {
        for (const [place, text] of texts.entries()) peer.replace(number * perPage + place, text);
      }),
    );
  }
  return { mine: median(mine), theirs: median(theirs) };
}

/** What a page says is its version, as a blob's id is. */
async function put(index: PassageIndex, stamp: string, pages: readonly (readonly Passage[])[]): Promise<void> {
  const byPath = new Map(pages.map((page) => [page[0]?.page ?? "", page]));
  const versions = [...byPath].map(([path, page]) => ({
    path,
    blob: `${page.length} ${page[0]?.text.length} ${page.at(-1)?.text.length}`,
  }));
  await index.update({ stamp, pages: versions, read: async (paths) => new Map(paths.map((path) => [path, byPath.get(path) ?? []])) });
}

/** One page a description, without the package's name or synopsis. */
async function indexDescriptions(folder: string, name: string, packages: readonly DescribedPackage[]): Promise<PassageIndex> {
  const index = openPassageIndexes(folder)(name);
  const common = { title: "", heading: "", under: [], line: 1, citations: [] };
  await put(
    index,
    "s1",
    packages.map((one) => [{ ...common, page: one.name, text: one.description }]),
  );
  return index;
}

interface Judged {
  readonly recall: number;
  readonly mrr: number;
}

/** Of each question the place of its answer among ten, from 0; -1 where it is not there. */
async function rankAnswers(
  index: PassageIndex,
  packages: readonly DescribedPackage[],
  ask?: (question: string) => Promise<SenseQuery>,
): Promise<number[]> {
  const ranks: number[] = [];
  for (const { name, synopsis } of packages) {
    const sense = await ask?.(synopsis);
    const found = await index.find({ stamp: "s1", words: chooseWords(synopsis), max: 10, ...(sense === undefined ? {} : { sense }) });
    ranks.push(found === "stale" ? -1 : found.findIndex(({ page }) => page === name));
  }
  return ranks;
}

function judge(ranks: readonly number[]): Judged {
  const found = ranks.filter((rank) => rank >= 0);
  const reciprocal = found.reduce((sum, rank) => sum + 1 / (rank + 1), 0);
  return { recall: found.filter((rank) => rank < 5).length / ranks.length, mrr: reciprocal / ranks.length };
}

const say = ({ recall, mrr }: Judged) => `recall@5 ${recall.toFixed(4)}, MRR@10 ${mrr.toFixed(4)}`;

/** How words are ranked was chosen on one half of the questions alone, by a hash of their package's name; the other half confirms it. */
async function judgeWords(folder: string, packages: readonly DescribedPackage[]): Promise<Figure[]> {
  const ranks = await rankAnswers(await indexDescriptions(folder, "words", packages), packages);
  const judged = judge(ranks.slice(0, questionsJudged));
  const [chosen, confirming] = [0, 1].map((half) => judge(ranks.filter((_, at) => halfOf(packages[at]?.name ?? "") === half)));
  if (chosen === undefined || confirming === undefined) throw new Error("unreachable: there are two halves");
  const detail = `${say(judged)} of ${questionsJudged} synopses over ${packages.length} descriptions of Debian's packages`;
  const both = `${say(chosen)} against ${say(confirming)}, of all ${packages.length} synopses in two halves`;
  return [
    { what: "0.88, in recall@5 by words", ratio: 0.88 / judged.recall, atMost: 1, detail },
    {
      what: "recall@5 of what ranking was chosen by, in that of the rest",
      ratio: chosen.recall / confirming.recall,
      atMost: 1.01,
      detail: both,
    },
  ];
}

function halfOf(name: string): number {
  return (createHash("sha256").update(name).digest()[0] ?? 0) % 2;
}

async function judgeHybrid(folder: string, packages: readonly DescribedPackage[]): Promise<Figure[]> {
  const embedder = await openCachedEmbedder(join(cache, "embed")).catch((error: unknown) =>
    attempt<Embedder>("the vectors leg", () => {
      throw error;
    }),
  );
  if (embedder === undefined) return [];
  const index = await indexDescriptions(folder, "hybrid", packages);
  const words = judge(await rankAnswers(index, packages));
  for (;;) {
    const missing = await index.listUnembedded({ embedder: embedder.name, max: 256 });
    if (missing.length === 0) break;
    const made = await embedder.embed(missing.map(({ text }) => text));
    await index.putVectors({ embedder: embedder.name, vectors: new Map(missing.map(({ key }, at) => [key, made[at] as Float32Array])) });
  }
  const { fusion } = SearchConfig.parse({});
  const ask = async (question: string) => {
    const [vector] = await embedder.embed([question]);
    return { embedder: embedder.name, vector: vector as Float32Array, fusion };
  };
  const hybrid = judge(await rankAnswers(index, packages, ask));
  const [first] = packages;
  const sense = first && (await ask(first.synopsis));
  const times: number[] = [];
  for (const { synopsis } of packages.slice(0, 200))
    times.push(await clock(() => index.find({ stamp: "s1", words: chooseWords(synopsis), max: 8, ...(sense ? { sense } : {}) })));
  const detail = `${say(hybrid)} against ${say(words)} by words, of ${packages.length} synopses over as many descriptions; ${median(times).toFixed(2)} ms a question without its vector`;
  return [{ what: "recall@5 by words and 0.01, in that of both legs", ratio: (words.recall + 0.01) / hybrid.recall, atMost: 1, detail }];
}

/** Where there is no apt: words as unequally frequent as those of a language. */
function makeWords(): DescribedPackage[] {
  const random = createRandom(7);
  const word = () => `w${Math.floor(20_000 ** random())}`;
  const line = (count: number) => Array.from({ length: count }, word).join(" ");
  return Array.from({ length: passagesCount }, (_, at) => ({ name: `p${at}`, synopsis: line(7), description: line(80) }));
}

async function clock(body: () => unknown): Promise<number> {
  const from = performance.now();
  await body();
  return performance.now() - from;
}
