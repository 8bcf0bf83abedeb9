import { chmod, copyFile, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type OpenStoreOptions, openStore } from "../../../src/adapter/store-libsql/open-store.ts";
import type { Store } from "../../../src/port/store.ts";
import { type BuiltProgram, buildProgram } from "../../support/build-program.ts";
import { createFixedClock } from "../../support/fixed-clock.ts";
import { inPrivateMount, whyNoPrivateMount } from "../../support/private-mount.ts";
import { sampleTicket } from "../../support/sample-records.ts";
import { startHammer } from "./start-hammer.ts";

let folder: string;
let file: string;
const opened: Store[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mos store ü#?-"));
  file = join(folder, ".mos", "store.db");
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function openHere(options: Partial<OpenStoreOptions> = {}): Promise<Store> {
  const store = await openStore({ file, clock: createFixedClock(), ...options });
  opened.push(store);
  return store;
}

/** A store with one ticket and three events, closed. */
async function makeStore(): Promise<void> {
  const store = await openHere({ create: true });
  await store.write(async (tx) => {
    await tx.tickets.insert(sampleTicket());
    await tx.notes.put({ id: "n", value: 1 });
    for (const reason of ["one", "two", "three"]) await tx.append({ kind: "test.made", actor: "mos", reason, ticket: "MUS-1" });
  });
  await store.close();
}

/** What somebody does to the file behind Master OS's back. */
function editByHand(...statements: string[]): void {
  const database = new Database(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

function refusal(code: string, ...words: string[]) {
  const message = expect.stringMatching(
    new RegExp([file, ...words].map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]*")),
  );
  return { name: "MosError", code, message, hint: expect.stringMatching(/\w/) };
}

describe("the file", () => {
  test("ST12: the store and its folder are the operator's alone, whatever the umask", async () => {
    const before = process.umask(0o000);
    try {
      const store = await openHere({ create: true });
      await store.write((tx) => tx.nextNumber("n"));
      expect((await stat(join(folder, ".mos"))).mode & 0o777).toBe(0o700);
      const files = await readdir(join(folder, ".mos"));
      expect(files.sort()).toEqual(["store.db", "store.db-shm", "store.db-wal"]);
      for (const name of files) expect((await stat(join(folder, ".mos", name))).mode & 0o777, name).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  test("ST9: a store that was closed is whole in its one file", async () => {
    await makeStore();
    await copyFile(file, join(folder, "copy.db"));
    const copy = await openHere({ file: join(folder, "copy.db") });
    expect(await copy.verifyLog()).toMatchObject({ ok: true, events: 3 });
    expect(await copy.read((tx) => tx.tickets.list())).toHaveLength(1);
  });

  test("ST11: a store that is not there is named, and not made unless asked for", async () => {
    await expect(openHere()).rejects.toMatchObject(refusal("store-unavailable", "no such file"));
    expect(await readdir(folder)).toEqual([]);
  });

  test("ST11: a folder in the place of the store, and a file in the place of its folder, are named", async () => {
    await mkdir(file, { recursive: true });
    await expect(openHere({ create: true })).rejects.toMatchObject(refusal("store-unavailable", "not a file"));
    await rm(join(folder, ".mos"), { recursive: true });
    await writeFile(join(folder, ".mos"), "");
    await expect(openHere({ create: true })).rejects.toMatchObject(refusal("store-unavailable"));
  });

  test("ST10 ST11: a store of a newer version is refused and left as it is", async () => {
    await makeStore();
    editByHand("insert into kysely_migration values ('999-later', '2027-01-01')");
    const before = await readFile(file);
    await expect(openHere({ create: true })).rejects.toMatchObject(refusal("store-newer", "999-later"));
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  test("ST10: a store from before tickets were found by their state finds them, and none is lost", async () => {
    await makeStore();
    editByHand(
      "drop index tickets_by_state",
      "alter table tickets drop column state",
      "delete from kysely_migration where name = '003-ticket-states'",
    );
    const store = await openHere();
    expect(await store.read((tx) => tx.tickets.list({ state: "draft" }))).toEqual([sampleTicket()]);
    expect(await store.integrityProblems()).toEqual([]);
  });

  test("ST11: somebody else's database is refused and left as it is", async () => {
    await mkdir(join(folder, ".mos"));
    editByHand("create table bookmarks (url text)");
    await expect(openHere({ create: true })).rejects.toMatchObject(refusal("store-unavailable", "none of Master OS"));
    editByHand("insert into bookmarks values ('still mine')");
  });

  test("ST10: a store whose making was broken off is made whole by the next one", async () => {
    await mkdir(join(folder, ".mos"));
    await writeFile(file, "");
    const store = await openHere();
    expect(await store.write((tx) => tx.nextNumber("n"))).toBe(1);
  });

  test.each(["removed", "replaced"])("ST11: a store that is %s while it is in use takes no more writes", async (how) => {
    await makeStore();
    const store = await openHere();
    await store.write((tx) => tx.nextNumber("n"));
    if (how === "replaced") await copyFile(file, `${file}.backup`);
    for (const name of ["", "-wal", "-shm"]) await rm(`${file}${name}`, { force: true });
    if (how === "replaced") await rename(`${file}.backup`, file);
    await expect(store.write((tx) => tx.nextNumber("n"))).rejects.toMatchObject(refusal("store-unavailable", "removed or replaced"));
  });

  test("ST11: what is no database at all is named as damaged", async () => {
    await mkdir(join(folder, ".mos"));
    await writeFile(file, "these are not the bytes of a database\n".repeat(200));
    await expect(openHere()).rejects.toMatchObject(refusal("store-corrupt"));
    expect(await readFile(file, "utf8")).toContain("these are not the bytes");
  });

  test("ST11: pages that were overwritten are found by the integrity check, and no read gives them out", async () => {
    await makeStore();
    const handle = await open(file, "r+");
    const { size } = await handle.stat();
    for (let at = 4096; at < size; at += 4096) await handle.write(Buffer.alloc(4096, 0x5a), 0, 4096, at);
    await handle.close();
    const error = await openHere().then(
      async (store) => {
        expect(await store.integrityProblems()).not.toEqual([]);
        expect(await store.verifyLog()).toMatchObject({ ok: false });
        return store.read((tx) => tx.tickets.list()).catch((reason) => reason);
      },
      (reason) => reason,
    );
    expect(error).toMatchObject(refusal("store-corrupt"));
  });
});

describe("rows", () => {
  const cases = {
    "that is not JSON": ["update tickets set body = 'nonsense'", "is not JSON"],
    "that does not fit the contract": [`update tickets set body = json_set(body, '$.status.state', 'flying')`, "status"],
    "that has a field too many": [`update tickets set body = json_set(body, '$.extra', 1)`, "extra"],
    "that says it is another": [`update tickets set body = json_set(body, '$.id', 'MUS-2')`, "column id"],
    "whose version column says something else": ["update tickets set version = 7", "column version"],
    "whose filter column says something else": ["update tickets set domain = 'agency'", "column domain"],
  };
  test.each(Object.entries(cases))("ST1: a row %s is named by table and id, and hides no other table", async (_name, [statement, word]) => {
    await makeStore();
    editByHand(statement as string);
    const store = await openHere();
    const named = refusal("store-corrupt", "MUS-1", "tickets", word as string);
    await expect(store.read((tx) => tx.tickets.get("MUS-1"))).rejects.toMatchObject(named);
    await expect(store.read((tx) => tx.tickets.list())).rejects.toMatchObject(named);
    expect(await store.integrityProblems()).toEqual([named.message]);
    expect(await store.read((tx) => tx.notes.list())).toHaveLength(1);
  });

  test("ST1: what could not be read back is refused when it is written, and its write with it", async () => {
    const store = await openHere({ create: true });
    const bad = { ...sampleTicket(), createdAt: "yesterday" };
    const writing = store.write(async (tx) => {
      await tx.notes.put({ id: "n", value: 1 });
      await tx.tickets.insert(bad);
    });
    await expect(writing).rejects.toMatchObject({ code: "record-invalid", message: expect.stringMatching(/MUS-1.*createdAt/) });
    for (const name of ["a\0b", "\ud800"]) {
      await expect(store.write((tx) => tx.notes.put({ id: name, value: 1 }))).rejects.toMatchObject({ code: "record-invalid" });
      await expect(store.write((tx) => tx.nextNumber(name))).rejects.toMatchObject({ code: "record-invalid" });
      const event = { kind: "test.made", actor: "mos", reason: "x" };
      await expect(store.write((tx) => tx.append({ ...event, ticket: name }))).rejects.toMatchObject({ code: "record-invalid" });
      await expect(store.write((tx) => tx.append({ ...event, data: { big: 1n } }))).rejects.toMatchObject({ code: "record-invalid" });
    }
    expect(await store.verifyLog()).toMatchObject({ ok: true, events: 0 });
    expect(await store.read((tx) => tx.notes.list())).toEqual([]);
  });

  test("ST7: a query that nobody awaited takes the whole write back", async () => {
    const store = await openHere({ create: true });
    const writing = store.write(async (tx) => {
      await tx.notes.put({ id: "n", value: 1 });
      void tx.notes.put({ id: "m", value: 1 });
    });
    await expect(writing).rejects.toThrow(/not awaited/);
    expect(await store.read((tx) => tx.notes.list())).toEqual([]);
  });

  test("ST2: a write whose engine failed is taken back, even if its body looks away", async () => {
    await makeStore();
    editByHand("create trigger trap before insert on lanes begin select raise(rollback, 'trapped'); end");
    const store = await openHere();
    const writing = store.write(async (tx) => {
      await tx.notes.put({ id: "first", value: 1 });
      await tx.lanes.put({ id: "music" }).catch(() => undefined);
      await tx.notes.put({ id: "second", value: 1 }).catch(() => undefined);
    });
    await expect(writing).rejects.toThrow(/trapped/);
    expect(await store.read(async (tx) => (await tx.notes.list()).map((note) => note.id))).toEqual(["n"]);
    expect(await store.write((tx) => tx.nextNumber("n"))).toBe(1);
  });
});

describe("the log", () => {
  test.each(["update events set body = 'x'", "delete from events", "delete from events where seq = 3"])(
    "ST5: the engine itself refuses: %s",
    async (statement) => {
      await makeStore();
      expect(() => editByHand(statement)).toThrow(/append-only/);
      expect(() =>
        editByHand("pragma recursive_triggers = on", `insert or replace into events select * from events where seq = 2`),
      ).toThrow(/append-only/);
      expect(() => editByHand("insert into events select 9, kind, domain, ticket, body, hash from events where seq = 2")).toThrow(
        /append-only/,
      );
      expect(await (await openHere()).verifyLog()).toMatchObject({ ok: true, events: 3 });
    },
  );

  const drop = ["drop trigger events_never_change", "drop trigger events_never_go", "drop trigger events_in_order"];
  const reword = (seq: number) => `update events set body = replace(body, '"actor":"mos"', '"actor":"me"') where seq = ${seq}`;
  const cases: Record<string, [number, string[]]> = {
    "a word of the first event": [1, [reword(1)]],
    "a word of the second event": [2, [reword(2)]],
    "a word of the last event": [3, [reword(3)]],
    "a hash": [2, ["update events set hash = replace(hash, substr(hash, 1, 1), 'x') where seq = 2"]],
    "a filter column, to hide it": [2, ["update events set ticket = 'MUS-9' where seq = 2"]],
    "the first event gone": [1, ["delete from events where seq = 1"]],
    "an event gone": [2, ["delete from events where seq = 2"]],
    "the last event gone": [3, ["delete from events where seq = 3"]],
    "all events gone": [1, ["delete from events"]],
    "two events changed about": [
      1,
      ["update events set seq = 9 where seq = 1", "update events set seq = 1 where seq = 2", "update events set seq = 2 where seq = 9"],
    ],
    "an event put in before the first": [1, ["insert into events select 0, kind, domain, ticket, body, hash from events where seq = 1"]],
    "an event added": [4, ["insert into events select 4, kind, domain, ticket, body, hash from events where seq = 3"]],
    "no event any more": [2, ["update events set body = '[]' where seq = 2"]],
    "no JSON any more": [3, ["update events set body = '{' where seq = 3"]],
    "the recorded end": [3, ["update log_head set hash = 'x'"]],
  };
  test.each(Object.entries(cases))("I8: tampering is found where it is: %s", async (_name, [brokenAt, statements]) => {
    await makeStore();
    editByHand(...drop, ...statements);
    const store = await openHere();
    expect(await store.verifyLog()).toMatchObject({ ok: false, brokenAt });
  });
});

describe("the disk", () => {
  const noMount = whyNoPrivateMount();
  let program: BuiltProgram;
  beforeAll(async () => {
    program = await buildProgram("test/adapter/store-libsql/hammer.ts");
  });
  afterAll(() => program.remove());

  async function runHammer(args: { at: string; mount: string; mode: string; ballast?: string }) {
    const argv = [process.execPath, program.file, args.mode, file, "0", args.ballast ?? ""];
    const hammer = startHammer(inPrivateMount({ folder: args.at, mount: args.mount, argv }));
    const end = await hammer.ended;
    expect({ said: hammer.said.length, ...end }).toMatchObject({ said: 1, stderr: "" });
    return { exitCode: end.exitCode, ...hammer.said[0] } as Record<string, unknown>;
  }

  const sound = { log: true, problems: [] };

  test.skipIf(noMount)(
    `ST11: a full disk is named, takes nothing away, and writing goes on when there is room${noMount ? ` (${noMount})` : ""}`,
    async () => {
      await mkdir(join(folder, ".mos"));
      const ballast = join(folder, ".mos", "ballast");
      const mount = `mount -t tmpfs -o size=1m tmpfs "$1/.mos"; head -c 200000 /dev/zero > "$1/.mos/ballast"`;
      const seen = await runHammer({ at: folder, mount, mode: "fill", ballast });
      const { committed } = seen as { committed: number };
      expect(committed).toBeGreaterThan(3);
      expect(seen).toMatchObject({
        exitCode: 0,
        failures: [refusal("store-full"), refusal("store-full"), refusal("store-full")],
        full: { notes: committed, sum: committed, events: committed, ...sound },
        next: committed + 1,
        after: { notes: committed + 1, sum: committed + 1, events: committed + 1, ...sound },
      });
    },
  );

  test.skipIf(noMount)(`ST11: a disk that is full from the start is named${noMount ? ` (${noMount})` : ""}`, async () => {
    await mkdir(join(folder, ".mos"));
    const mount = `mount -t tmpfs -o size=64k tmpfs "$1/.mos"; head -c 61440 /dev/zero > "$1/.mos/ballast"`;
    expect(await runHammer({ at: folder, mount, mode: "look" })).toMatchObject({ exitCode: 1, failed: refusal("store-full") });
  });

  const readonly = `mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"`;

  test.skipIf(noMount)(
    `ST11: a store on a read-only disk is read, and a write is refused by name${noMount ? ` (${noMount})` : ""}`,
    async () => {
      await makeStore();
      const seen = await runHammer({ at: join(folder, ".mos"), mount: readonly, mode: "look" });
      expect(seen).toMatchObject({ exitCode: 0, before: { events: 3, ...sound }, write: refusal("store-readonly") });
      expect(await (await openHere()).verifyLog()).toMatchObject({ ok: true, events: 3 });
    },
  );

  test.skipIf(noMount)(
    `ST11: on a read-only disk nothing older is shown than what was committed${noMount ? ` (${noMount})` : ""}`,
    async () => {
      await makeStore();
      const store = await openHere();
      await store.write((tx) => tx.append({ kind: "test.made", actor: "mos", reason: "four" }));
      // The store is open here, so that its last changes lie in the -wal.
      const beside = await runHammer({ at: join(folder, ".mos"), mount: readonly, mode: "look" });
      expect(beside).toMatchObject({ before: { events: 4, ...sound }, write: refusal("store-readonly") });
      const alone = `mkdir "$1/copy"; cp "$1/.mos/store.db" "$1/.mos/store.db-wal" "$1/copy"; mount --bind "$1/copy" "$1/.mos"; mount -o remount,bind,ro "$1/.mos"`;
      const left = await runHammer({ at: folder, mount: alone, mode: "look" });
      expect(left).toMatchObject({ exitCode: 1, failed: refusal("store-readonly") });
    },
  );

  test.skipIf(noMount)(`ST11: a store that cannot be made on a read-only disk is named${noMount ? ` (${noMount})` : ""}`, async () => {
    expect(await runHammer({ at: folder, mount: readonly, mode: "look" })).toMatchObject({
      exitCode: 1,
      failed: refusal("store-readonly"),
    });
  });

  test.skipIf(process.getuid?.() === 0)(
    "ST11: a file without the right to write is read, and a write is refused by name (not as root, who has it)",
    async () => {
      await makeStore();
      await chmod(file, 0o400);
      const store = await openHere();
      expect(await store.read((tx) => tx.notes.list())).toHaveLength(1);
      await expect(store.write((tx) => tx.nextNumber("n"))).rejects.toMatchObject(refusal("store-readonly"));
    },
  );
});
