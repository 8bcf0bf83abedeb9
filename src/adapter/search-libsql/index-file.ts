import { createHash } from "node:crypto";
import type Database from "libsql";
import { indexTextVersion, writeEmbedText, writeIndexTexts } from "../../core/search/index-text.ts";
import type { PageVersion, Passage } from "../../port/search.ts";

/** Of the tables below: a file of another one is made anew, but for its vectors. */
const formVersion = `1 ${indexTextVersion}`;

/**
 * What a file holds. `words` keeps no text of its own, so a page that goes is taken out of it by the very words that it was put
 * in by. Ids of passages come from the page's path and the passage's place, and from nothing that happened before: the same wiki gives the
 * same answers in the same order, whether its index was made at once or page by page.
 */
const form = `
  create table made (version text not null, stamp text not null, embedder text not null default '');
  create table page (id integer primary key, path text not null unique, blob text not null);
  create table passage (id integer primary key, page integer not null, line integer not null, title text not null, under text not null,
    text text not null, citations text not null, key text not null);
  create index passage_key on passage (key);
  create virtual table words using fts5(title, headings, text, near, content = '', tokenize = 'porter unicode61 remove_diacritics 2');
  create table if not exists vector (key text primary key, value blob not null) without rowid;
`;

/** A passage's place is the lower 17 bits of its id, its page's hash the 36 above them: together what a double holds exactly. */
const placesMax = 2 ** 17;
const pagesMax = 2 ** 36;

/** The empty tables; vectors that are there stay, where they are kept as they are here. */
export function makeForm(database: Database.Database): void {
  const columns = database.prepare("select name from pragma_table_info('vector')").all() as { name: string }[];
  if (columns.map(({ name }) => name).join() !== "key,value") database.exec("drop table if exists vector");
  for (const name of ["made", "page", "passage", "words"]) database.exec(`drop table if exists ${name}`);
  database.exec(form);
}

/** Whether these tables are this program's. Throws on what is no index at all. */
export function hasForm(database: Database.Database): boolean {
  const row = database.prepare("select version from made").get() as { version?: unknown } | undefined;
  return row?.version === formVersion;
}

export function readStamp(database: Database.Database): string | undefined {
  if (!hasForm(database)) return undefined;
  const row = database.prepare("select stamp from made").get() as { stamp?: unknown } | undefined;
  return typeof row?.stamp === "string" ? row.stamp : undefined;
}

/** Which of these pages are not there in this version, and which are there and are not among them any more. */
export function comparePages(database: Database.Database, pages: readonly PageVersion[]): { fresh: PageVersion[]; gone: string[] } {
  const rows = database.prepare("select path, blob from page").all() as { path: string; blob: string }[];
  const kept = new Map(rows.map(({ path, blob }) => [path, blob]));
  const wanted = new Set(pages.map(({ path }) => path));
  return {
    fresh: pages.filter(({ path, blob }) => kept.get(path) !== blob),
    gone: [...kept.keys()].filter((path) => !wanted.has(path)),
  };
}

/** Takes pages out, puts others in, and writes down what it is the index of now. */
export function changePages(
  database: Database.Database,
  change: { stamp: string; gone: readonly string[]; fresh: readonly PageVersion[]; passages: ReadonlyMap<string, readonly Passage[]> },
): void {
  const { stamp, gone, fresh, passages } = change;
  database.exec("begin");
  const loose = [...gone, ...fresh.map(({ path }) => path)].flatMap((path) => removePage(database, path));
  const insert = prepareInsert(database);
  const placed = placePages(database, fresh);
  // By rising ids: a full text index that is written out of order writes itself again and again.
  for (const { id, path, blob } of placed.sort((one, other) => one.id - other.id)) insert({ id, path, blob }, passages.get(path) ?? []);
  const forget = database.prepare("delete from vector where key = ? and not exists (select 1 from passage where key = ?)");
  for (const key of loose) forget.run([key, key]);
  const embedder = database.prepare("select embedder from made").get() as { embedder?: string } | undefined;
  database.exec("delete from made");
  database.prepare("insert into made (version, stamp, embedder) values (?, ?, ?)").run([formVersion, stamp, embedder?.embedder ?? ""]);
  database.exec("commit");
}

/** @returns the keys of the vectors that its passages had */
function removePage(database: Database.Database, path: string): string[] {
  const page = database.prepare("select id from page where path = ?").get([path]) as { id: number } | undefined;
  if (page === undefined) return [];
  const rows = database.prepare("select id, title, under, text, key from passage where page = ? order by id").all([page.id]) as {
    id: number;
    title: string;
    under: string;
    text: string;
    key: string;
  }[];
  const texts = writeIndexTexts(rows.map(({ title, under, text }) => ({ title, under: JSON.parse(under) as string[], text })));
  const remove = database.prepare(
    "insert into words (words, rowid, title, headings, text, near) values ('delete', cast(? as integer), ?, ?, ?, ?)",
  );
  for (const [at, { title, headings, text, near }] of texts.entries()) remove.run([rows[at]?.id ?? 0, title, headings, text, near]);
  database
    .prepare("delete from passage where id >= cast(? as integer) and id < cast(? as integer)")
    .run([page.id * placesMax, (page.id + 1) * placesMax]);
  database.prepare("delete from page where id = cast(? as integer)").run([page.id]);
  return rows.map(({ key }) => key);
}

function placePages(database: Database.Database, pages: readonly PageVersion[]): (PageVersion & { id: number })[] {
  const rows = database.prepare("select id from page").all() as { id: number }[];
  const taken = new Set(rows.map(({ id }) => id));
  return [...pages]
    .sort((one, other) => (one.path < other.path ? -1 : 1))
    .map((page) => {
      let id = Number.parseInt(createHash("sha256").update(page.path).digest("hex").slice(0, 9), 16);
      while (taken.has(id)) id = (id + 1) % pagesMax;
      taken.add(id);
      return { ...page, id };
    });
}

function prepareInsert(database: Database.Database) {
  const putPage = database.prepare("insert into page (id, path, blob) values (?, ?, ?)");
  const putPassage = database.prepare(
    "insert into passage (id, page, line, title, under, text, citations, key) values (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const putWords = database.prepare("insert into words (rowid, title, headings, text, near) values (cast(? as integer), ?, ?, ?, ?)");
  return ({ id, path, blob }: PageVersion & { id: number }, passages: readonly Passage[]) => {
    const placed = passages.slice(0, placesMax);
    putPage.run([id, path, blob]);
    const texts = writeIndexTexts(placed);
    for (const [at, passage] of placed.entries()) {
      const { line, title, under, text, citations } = passage;
      const row = id * placesMax + at;
      putPassage.run([row, id, line, title, JSON.stringify(under), text, JSON.stringify(citations), keyOf(passage)]);
      const words = texts[at];
      if (words !== undefined) putWords.run([row, words.title, words.headings, words.text, words.near]);
    }
  };
}

/** Stands for what is embedded of a passage: the same text has one vector, wherever it stands. */
function keyOf(passage: Pick<Passage, "title" | "under" | "text">): string {
  return createHash("sha256").update(writeEmbedText(passage)).digest("base64url").slice(0, 24);
}
