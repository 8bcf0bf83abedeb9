import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "libsql";
import { MosError } from "../../contract/error.ts";
import type { FoundPassage, OpenPassageIndex, Passage } from "../../port/search.ts";

/** How much a word counts in a page's title, a heading and the text. */
const weights = "2.0, 1.5, 1.0";
const makingAgeMs = 3_600_000;

/**
 * Indexes under one folder, a file a domain (`music.db`): words with porter's stems, ranked by bm25. A file is made under
 * another name and renamed over the old one when it is whole, and never changed afterwards: no lock is needed, a crash leaves
 * the old one, and one that cannot be read counts as not there.
 */
export function openPassageIndexes(folder: string): OpenPassageIndex {
  return (domain) => {
    const file = join(folder, `${domain}.db`);
    return {
      stamp: async () => readIndex(file, readStamp),
      find: async ({ stamp, words, max }) =>
        readIndex(file, (database) => (readStamp(database) === stamp ? findPassages(database, words, max) : "stale")) ?? "stale",
      replace: async (stamp, passages) => {
        try {
          replaceIndex(file, stamp, passages);
        } catch (cause) {
          throw new MosError({
            code: "search-unavailable",
            message: `the index ${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
            hint: "Make room, or make its folder writable; then ask again.",
            cause,
          });
        }
      },
    };
  };
}

function readIndex<T>(file: string, read: (database: Database.Database) => T): T | undefined {
  if (!existsSync(file)) return undefined;
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    database.pragma("query_only = ON");
    return read(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

function readStamp(database: Database.Database): string | undefined {
  const row = database.prepare("select stamp from made").get() as { stamp?: unknown } | undefined;
  return typeof row?.stamp === "string" ? row.stamp : undefined;
}

/** Looked at for how many of the words they hold; what bm25 puts behind them stays there. */
const candidatesMax = 100;

/**
 * By bm25 times the root of the share of the words that a passage holds: where words are joined by OR, one rare word of a
 * question would else stand before a passage with most of them (measured on the judgments of Q8: MRR@10 from .386 to .425).
 */
function findPassages(database: Database.Database, words: readonly string[], max: number): FoundPassage[] {
  if (words.length === 0) return [];
  const quoted = words.map((word) => `"${word.replaceAll("\0", " ").replaceAll('"', '""')}"`);
  const rows = database
    .prepare(
      `select rowid, title, heading, text, page, line, citations, -bm25(passage, ${weights}) as score from passage
       where passage match ? order by score desc, page, line limit ?`,
    )
    .all([quoted.join(" OR "), Math.max(max, candidatesMax)]) as (Omit<FoundPassage, "citations"> & { rowid: number; citations: string })[];
  const held = countHeld(database, quoted, new Set(rows.map(({ rowid }) => rowid)));
  return rows
    .map((row) => ({ ...row, score: row.score * Math.sqrt((held.get(row.rowid) ?? 1) / words.length) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, max)
    .map(({ page, title, heading, line, text, citations, score }) => ({
      ...{ page, title, heading, line: Number(line), text },
      citations: JSON.parse(citations) as string[],
      score: Math.round(score * 1e6) / 1e6,
    }));
}

/** How many of the words each of these rows holds. */
function countHeld(database: Database.Database, quoted: readonly string[], rowids: ReadonlySet<number>): Map<number, number> {
  const held = new Map<number, number>();
  const find = database.prepare(`select rowid from passage where passage match ? and rowid in (${[...rowids].join(",")})`);
  for (const word of rowids.size === 0 ? [] : quoted)
    for (const { rowid } of find.all([word]) as { rowid: number }[]) held.set(rowid, (held.get(rowid) ?? 0) + 1);
  return held;
}

function replaceIndex(file: string, stamp: string, passages: readonly Passage[]): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = `${file}.${randomUUID()}`;
  try {
    writeIndex(made, stamp, passages);
    chmodSync(made, 0o600);
    renameSync(made, file);
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
  removeHalfMade(file);
}

function writeIndex(file: string, stamp: string, passages: readonly Passage[]): void {
  const database = new Database(file);
  try {
    // Nobody else sees the file, and one that is torn is made anew: a journal would only cost time.
    database.pragma("journal_mode = off");
    database.pragma("synchronous = off");
    database.exec(
      `create table made (stamp text not null);
       create virtual table passage using fts5(title, heading, text, page unindexed, line unindexed, citations unindexed,
         tokenize = 'porter unicode61 remove_diacritics 2');
       begin`,
    );
    const insert = database.prepare("insert into passage (title, heading, text, page, line, citations) values (?, ?, ?, ?, ?, ?)");
    for (const { title, heading, text, page, line, citations } of passages)
      insert.run([title, heading, text, page, line, JSON.stringify(citations)]);
    database.prepare("insert into made (stamp) values (?)").run([stamp]);
    database.exec("commit");
  } finally {
    database.close();
  }
}

/** What those left who were ended while they made one. */
function removeHalfMade(file: string): void {
  const folder = dirname(file);
  const prefix = `${file.slice(folder.length + 1)}.`;
  const before = Date.now() - makingAgeMs;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    const age = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (age !== undefined && age < before) rmSync(path, { force: true });
  }
}
