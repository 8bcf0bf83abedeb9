import type Database from "libsql";
import { writeEmbedText } from "../../core/search/index-text.ts";
import type { UnembeddedPassage } from "../../port/search.ts";

/** Whose vectors these are; empty where there are none. */
export function readEmbedder(database: Database.Database): string {
  const row = database.prepare("select embedder from made").get() as { embedder?: unknown } | undefined;
  return typeof row?.embedder === "string" ? row.embedder : "";
}

export function countVectors(database: Database.Database, embedder: string): { passages: number; vectors: number } {
  const count = (sql: string) => Number((database.prepare(sql).get() as { n: number }).n);
  const passages = count("select count(*) as n from passage");
  const isOurs = readEmbedder(database) === embedder;
  return { passages, vectors: isOurs ? count("select count(*) as n from passage where key in (select key from vector)") : 0 };
}

export function listMissing(database: Database.Database, { embedder, max }: { embedder: string; max: number }): UnembeddedPassage[] {
  const without = readEmbedder(database) === embedder ? "where key not in (select key from vector)" : "";
  const rows = database
    .prepare(`select key, title, under, text from passage ${without} group by key order by min(id) limit ?`)
    .all([max]) as {
    key: string;
    title: string;
    under: string;
    text: string;
  }[];
  return rows.map(({ key, title, under, text }) => ({ key, text: writeEmbedText({ title, under: JSON.parse(under) as string[], text }) }));
}

export function putVectorRows(database: Database.Database, args: { embedder: string; vectors: ReadonlyMap<string, Float32Array> }): void {
  database.exec("begin");
  if (readEmbedder(database) !== args.embedder) {
    database.exec("delete from vector");
    database.prepare("update made set embedder = ?").run([args.embedder]);
  }
  const put = database.prepare("insert or replace into vector (key, value) select ?, ? where exists (select 1 from passage where key = ?)");
  for (const [key, vector] of args.vectors) put.run([key, toBlob(vector), key]);
  database.exec("commit");
}

/** As libsql's vector functions take it: floats of 32 bits, little end first. */
export function toBlob(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}
