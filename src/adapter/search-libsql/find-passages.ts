import type Database from "libsql";
import { fuseRanks } from "../../core/search/fuse-ranks.ts";
import type { FoundPassage, SenseQuery } from "../../port/search.ts";
import { readEmbedder, toBlob } from "./vector-rows.ts";

/**
 * How much a word counts in a page's title, the headings, the text, and the text beside it: what stands over all passages of a section tells
 * none of them from another. Chosen on the later judgments of Q8 and confirmed by the earlier ones (recall@5, MRR@10; before, with 2 and 1.5
 * for title and headings: later .625/.437, earlier .833/.557; now .625/.438 and .833/.591).
 */
const weights = "1.0, 0.5, 1.0, 0.1";
/** Looked at of each leg; what it puts behind them stays there. */
const candidatesMax = 100;
/** Words of a question as a person puts it: all of them are ranked by. */
const wordsAsked = 16;
/** Of a longer one further words are, the rarest first, while this many places hold them: these are what ranking costs. */
const placesRankedMax = 5_000;
/** In a wiki of a few passages most words stand in half of them, and bm25 takes such a word for worth nothing. */
const heldWeight = 0.01;
/** Cosine below which a passage has nothing to do with a question. */
const likenessMin = 0.2;

interface Candidate {
  readonly id: number;
  readonly score: number;
}

export function findPassages(
  database: Database.Database,
  args: { words: readonly string[]; max: number; sense: SenseQuery | undefined },
): FoundPassage[] {
  const { words, max, sense } = args;
  const byWords = words.length === 0 ? [] : findByWords(database, words, Math.max(max, candidatesMax));
  const byVector = sense === undefined ? [] : findByVector(database, sense, Math.max(max, candidatesMax));
  const found = byVector.length === 0 || sense === undefined ? byWords : fuse(byWords, byVector, sense);
  return readPassages(database, found.slice(0, max));
}

/**
 * By bm25 times a root of the share of the words that a passage holds, the root of as many as there are words: where words are joined by
 * OR, one rare word of a question would else stand before a passage with most of them, and the more words a question has, the less each
 * that is missing says. Chosen on one half of 10,000 synopses of Debian's packages, by a hash of the name (recall@5: without it .864,
 * with the square root .862, so .867); the other half, by which nothing was chosen, has .870, .869 and .869. It must not be a share by
 * rarity: that finds more synopses (.869 and .873), and fewer of the answers to questions in a person's words (Q8: MRR@10 .437 to .38).
 */
function findByWords(database: Database.Database, words: readonly string[], max: number): Candidate[] {
  const quoted = chooseTelling(
    database,
    words.map((word) => `"${word.replaceAll("\0", " ").replaceAll('"', '""')}"`),
  );
  if (quoted.length === 0) return [];
  const rows = database
    .prepare(`select rowid as id, -rank as score from words where words match ? and rank match 'bm25(${weights})' order by rank limit ?`)
    .all([quoted.join(" OR "), max]) as { id: number; score: number }[];
  const held = countHeld(database, quoted, rows);
  const weigh = ({ id, score }: Candidate) => {
    const count = held.get(id) ?? 1;
    return { id, score: (score + count * heldWeight) * (count / quoted.length) ** (1 / quoted.length) };
  };
  return rows.map(weigh).sort(nearestFirst);
}

/**
 * Of a long question, a role's task for one, the words that fewest passages hold: what most of them say tells none from another, and
 * to rank by it is what costs.
 */
function chooseTelling(database: Database.Database, quoted: readonly string[]): readonly string[] {
  if (quoted.length <= wordsAsked) return quoted;
  const count = database.prepare("select count(*) as n from words where words match ?");
  const counted = quoted.map((word) => ({ word, n: Number((count.get([word]) as { n: number }).n) })).filter(({ n }) => n > 0);
  let places = 0;
  const kept = counted
    .toSorted((one, other) => one.n - other.n)
    .filter(({ n }, at) => {
      places += n;
      return at < wordsAsked || places <= placesRankedMax;
    });
  const telling = new Set(kept.map(({ word }) => word));
  return quoted.filter((word) => telling.has(word));
}

/** How many of the words each of these rows holds. */
function countHeld(database: Database.Database, quoted: readonly string[], rows: readonly { id: number }[]): Map<number, number> {
  const held = new Map<number, number>();
  // The plus keeps the list out of the full text index, which would be asked for each row by itself.
  const find = database.prepare(`select rowid as id from words where words match ? and +rowid in (${rows.map(({ id }) => id).join(",")})`);
  for (const word of rows.length === 0 ? [] : quoted)
    for (const { id } of find.all([word]) as { id: number }[]) held.set(id, (held.get(id) ?? 0) + 1);
  return held;
}

function findByVector(database: Database.Database, { embedder, vector }: SenseQuery, max: number): Candidate[] {
  if (readEmbedder(database) !== embedder) return [];
  const near = database
    .prepare("select key, 1 - vector_distance_cos(value, ?) as score from vector order by score desc, key limit ?")
    .all([toBlob(vector), max]) as { key: string; score: number }[];
  const find = database.prepare("select id from passage where key = ? order by id");
  return near
    .filter(({ score }) => score >= likenessMin)
    .flatMap(({ key, score }) => (find.all([key]) as { id: number }[]).map(({ id }) => ({ id, score })))
    .sort(nearestFirst)
    .slice(0, max);
}

function fuse(byWords: readonly Candidate[], byVector: readonly Candidate[], { fusion }: SenseQuery): Candidate[] {
  const ids = (candidates: readonly Candidate[]) => candidates.map(({ id }) => id);
  const scores = fuseRanks({ words: ids(byWords), vectors: ids(byVector), fusion });
  return [...scores].map(([id, score]) => ({ id, score })).sort(nearestFirst);
}

function nearestFirst(one: Candidate, other: Candidate): number {
  return other.score - one.score || one.id - other.id;
}

function readPassages(database: Database.Database, found: readonly Candidate[]): FoundPassage[] {
  const read = database.prepare(
    `select page.path as page, title, under, line, text, citations from passage join page on page.id = passage.page
     where passage.id = cast(? as integer)`,
  );
  return found
    .map(({ id, score }) => {
      const row = read.get([id]) as { page: string; title: string; under: string; line: number; text: string; citations: string };
      const { page, title, under, line, text, citations } = row;
      const heading = (JSON.parse(under) as string[]).at(-1) ?? "";
      const sources = JSON.parse(citations) as string[];
      return { page, title, heading, line: Number(line), text, citations: sources, score: Math.round(score * 1e6) / 1e6 };
    })
    .sort((one, other) => other.score - one.score || (one.page < other.page ? -1 : one.page > other.page ? 1 : one.line - other.line));
}
