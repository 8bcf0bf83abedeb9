import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync, inflateSync } from "node:zlib";
import Database from "libsql";

/** Words of one domain, each of which stands in one place alone; all begin alike, so that one look finds any. */
export interface Marks {
  /** A new word; `place` says where it is put, for people. */
  plant(place: string): string;
  readonly places: readonly string[];
  /** The places of those that stand in it, as they are, in hexadecimal or in base64. */
  find(bytes: Buffer | string): string[];
}

/** @param stem  a word that stands nowhere else, in lower-case letters */
export function createMarks(stem: string): Marks {
  const planted = new Map<string, string>();
  const raw = Buffer.from(stem);
  const encoded = [raw.toString("hex"), ...[0, 1, 2].map((pad) => Buffer.concat([Buffer.alloc(pad), raw]).toString("base64"))]
    // The letters that depend on neighbours go.
    .map((text, at) => Buffer.from(at === 0 ? text : text.slice(at === 1 ? 0 : 4, -4)));
  return {
    get places() {
      return [...planted.values()];
    },
    plant(place) {
      const word = `${stem}${String.fromCharCode(97 + Math.floor(planted.size / 26), 97 + (planted.size % 26))}x`;
      planted.set(word, place);
      return word;
    },
    find(given) {
      const bytes = typeof given === "string" ? Buffer.from(given) : given;
      const found = new Set<string>();
      for (let at = bytes.indexOf(raw); at !== -1; at = bytes.indexOf(raw, at + raw.length)) {
        const word = bytes.subarray(at, at + raw.length + 3).toString("latin1");
        found.add(planted.get(word) ?? `a part of one: ${word}`);
      }
      for (const form of encoded) if (bytes.includes(form)) found.add("encoded");
      return [...found];
    },
  };
}

/** Where one was found: a file below the folder that was looked through, its name, a git object, a row. */
export interface Hit {
  readonly where: string;
  readonly place: string;
}

/**
 * Looks through every file below a folder: its name, its bytes, what gzip and git made of them. The stores' files are left to
 * `findInStore`.
 */
export function findInFiles(root: string, marks: Marks): Hit[] {
  const hits: Hit[] = [];
  const neutral = join(root, "..", "neutral.git");
  if (!existsSync(neutral)) execFileSync("git", ["init", "-q", "--bare", neutral], { env: { PATH: process.env.PATH } });
  const note = (path: string, bytes: Buffer | string) => {
    for (const place of marks.find(bytes)) hits.push({ where: relative(root, path), place });
  };
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      note(`${path} (its name)`, entry.name);
      if (entry.isSymbolicLink()) note(path, readlinkSync(path));
      else if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && !/\/store\.db(-wal|-shm)?$/.test(path)) {
        const bytes = readFileSync(path);
        note(path, bytes);
        for (const unpacked of unpack(path, bytes, neutral)) note(path, unpacked);
      }
    }
  };
  walk(root);
  return hits;
}

function unpack(path: string, bytes: Buffer, neutral: string): Buffer[] {
  if (/\/objects\/[0-9a-f]{2}\/[0-9a-f]{38,62}$/.test(path)) return [inflateSync(bytes)];
  if (path.endsWith(".pack")) {
    const env = { PATH: process.env.PATH, GIT_DIR: neutral, GIT_OBJECT_DIRECTORY: join(path, "../..") };
    const args = ["cat-file", "--batch-all-objects", "--batch", "--unordered"];
    return [execFileSync("git", args, { env, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] })];
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [gunzipSync(bytes)];
  return [];
}

export interface StoreFindings {
  /** Of rows that are another's, or nobody's. */
  readonly rows: readonly Hit[];
  /** What is left in the file, byte for byte, once the owner's rows are taken out: pages, indexes, the write-ahead log. */
  readonly rest: readonly string[];
  /** Of the owner's own rows. */
  readonly own: readonly Hit[];
}

/**
 * Looks through every row of every table of a copy of the store.
 *
 * @param isOwn  whether a row is the domain's whose marks these are
 */
export function findInStore(args: {
  file: string;
  copy: string;
  marks: Marks;
  isOwn: (table: string, row: Row) => boolean;
}): StoreFindings {
  const { marks } = args;
  mkdirSync(join(args.copy, ".."), { recursive: true });
  for (const end of ["", "-wal"]) if (existsSync(`${args.file}${end}`)) copyFileSync(`${args.file}${end}`, `${args.copy}${end}`);
  const database = new Database(args.copy);
  const named = (type: string) =>
    (database.prepare("select name from sqlite_master where type = ? and name not like 'sqlite_%'").all(type) as { name: string }[]).map(
      ({ name }) => name,
    );
  const [rows, own]: [Hit[], Hit[]] = [[], []];
  for (const trigger of named("trigger")) database.exec(`drop trigger "${trigger}"`);
  for (const table of named("table")) {
    const all = database.prepare(`select rowid as "row id", * from "${table}"`).all() as Row[];
    for (const row of all) {
      const isOwn = args.isOwn(table, row);
      const where = `${table} ${String(row.id ?? row.seq ?? row.name)}`;
      for (const place of marks.find(JSON.stringify(row))) (isOwn ? own : rows).push({ where, place });
      if (isOwn) database.prepare(`delete from "${table}" where rowid = ?`).run(row["row id"]);
    }
  }
  database.exec("vacuum");
  database.pragma("wal_checkpoint(truncate)");
  database.close();
  const rest = ["", "-wal"].flatMap((end) => {
    const file = `${args.copy}${end}`;
    return existsSync(file) && lstatSync(file).size > 0 ? marks.find(readFileSync(file)) : [];
  });
  return { rows, rest, own };
}

export type Row = Readonly<Record<string, unknown>>;
