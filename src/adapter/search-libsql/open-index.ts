import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import Database from "libsql";
import { MosError } from "../../contract/error.ts";
import type { OpenPassageIndex, PassageIndex } from "../../port/search.ts";
import { findPassages } from "./find-passages.ts";
import { changePages, comparePages, hasForm, makeForm, readStamp } from "./index-file.ts";
import { countVectors, listMissing, putVectorRows } from "./vector-rows.ts";

const makingAgeMs = 3_600_000;

/**
 * Indexes under one folder, a file a domain (`music.db`): words with porter's stems, ranked by bm25, and vectors where there
 * are any. A file is changed in a copy, under another name, which is renamed over the old one when it is whole, and never
 * changed afterwards: no lock is needed, a crash leaves the old one, and one that cannot be read counts as not there. Of two
 * who change it at once the later one's stands; it is whole, and what it lacks is put in by the next one.
 */
export function openPassageIndexes(folder: string): OpenPassageIndex {
  return (domain) => {
    const file = join(folder, `${domain}.db`);
    return {
      stamp: async () => readIndex(file, readStamp),
      update: (args) => replaceIndex(file, (made) => makeIndex({ ...args, file, made })),
      find: async ({ stamp, words, max, sense }) =>
        readIndex(file, (database) => (readStamp(database) === stamp ? findPassages(database, { words, max, sense }) : "stale")) ?? "stale",
      count: async (embedder) => readIndex(file, (database) => (hasForm(database) ? countVectors(database, embedder) : undefined)),
      listUnembedded: async (args) => readIndex(file, (database) => (hasForm(database) ? listMissing(database, args) : [])) ?? [],
      putVectors: async (args) => {
        if (readIndex(file, hasForm) !== true) return;
        await replaceIndex(file, async (made) => {
          copyFileSync(file, made, constants.COPYFILE_FICLONE);
          writeIndex(made, (database) => putVectorRows(database, args));
        });
      },
    };
  };
}

function readIndex<T>(file: string, read: (database: Database.Database) => T): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return withDatabase(file, (database) => {
      database.pragma("query_only = ON");
      return read(database);
    });
  } catch {
    return undefined;
  }
}

type UpdateArgs = Parameters<PassageIndex["update"]>[0];

/** A copy of the old file with what changed; where there is none to be believed, all of it anew. */
async function makeIndex(args: UpdateArgs & { file: string; made: string }): Promise<number> {
  const { file, made } = args;
  if (args.anew !== true && existsSync(file)) {
    const count = await changeCopy(args);
    if (count !== undefined) return count;
  }
  rmSync(made, { force: true });
  writeIndex(made, makeForm);
  return await changeIndex(args);
}

/** @returns `undefined` where the old file is none that can be gone on with */
async function changeCopy(args: UpdateArgs & { file: string; made: string }): Promise<number | undefined> {
  try {
    copyFileSync(args.file, args.made, constants.COPYFILE_FICLONE);
    writeIndex(args.made, (database) => {
      if (!hasForm(database)) makeForm(database);
    });
    return await changeIndex(args);
  } catch (error) {
    if (error instanceof UnreadPages) throw error;
    return undefined;
  }
}

/** The pages could not be had: no fault of the file's. */
class UnreadPages extends Error {}

async function changeIndex({ made, stamp, pages, read }: UpdateArgs & { made: string }): Promise<number> {
  const { fresh, gone } = withDatabase(made, (database) => comparePages(database, pages));
  const paths = fresh.map(({ path }) => path);
  const passages =
    paths.length === 0 ? new Map() : await read(paths).catch((cause: unknown) => Promise.reject(new UnreadPages("", { cause })));
  writeIndex(made, (database) => changePages(database, { stamp, gone, fresh, passages }));
  return fresh.length;
}

function writeIndex<T>(made: string, write: (database: Database.Database) => T): T {
  return withDatabase(made, (database) => {
    // Nobody else sees the file, and what fails is thrown away: a journal would only cost time.
    database.pragma("journal_mode = off");
    database.pragma("synchronous = off");
    return write(database);
  });
}

function withDatabase<T>(file: string, body: (database: Database.Database) => T): T {
  const database = new Database(file);
  try {
    return body(database);
  } finally {
    database.close();
  }
}

async function replaceIndex<T>(file: string, make: (made: string) => Promise<T>): Promise<T> {
  const made = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const result = await make(made);
    chmodSync(made, 0o600);
    flush(made);
    // Of another file than the one that now takes the name: played back into it they would tear it.
    for (const end of ["-journal", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
    renameSync(made, file);
    removeHalfMade(file);
    return result;
  } catch (cause) {
    if (existsSync(made)) rmSync(made, { force: true });
    if (cause instanceof UnreadPages) throw cause.cause;
    throw new MosError({
      code: "search-unavailable",
      message: `the index ${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "Make room, or make its folder writable; then ask again.",
      cause,
    });
  }
}

/** The name must not be on the disk before what it names is. */
function flush(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
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
