import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openStore } from "../../../src/adapter/store-libsql/open-store.ts";
import type { Store } from "../../../src/port/store.ts";
import { type BuiltProgram, buildProgram } from "../../support/build-program.ts";
import { createFixedClock } from "../../support/fixed-clock.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";
import { type Hammer, startHammer } from "./start-hammer.ts";

const seed = readSeed();
const kills = scaleRuns({ short: 5, long: 50 });
let program: BuiltProgram;
let folder: string;
let file: string;
const started: Hammer[] = [];

beforeAll(async () => {
  program = await buildProgram("test/adapter/store-libsql/hammer.ts");
});
afterAll(() => program.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mos-store-"));
  file = join(folder, "store.db");
});
afterEach(async () => {
  for (const hammer of started.splice(0)) await kill(hammer);
  await rm(folder, { recursive: true, force: true });
});

test("ST8 ST10: eight processes that make the store and write at once all succeed, and none of it is lost", async () => {
  const hammers = Array.from({ length: 8 }, () => start("write", 25));
  for (const hammer of hammers) expect({ ...(await hammer.ended), said: hammer.said }).toMatchObject({ exitCode: 0, stderr: "" });
  const numbers = hammers.flatMap(numbersOf);
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  expect(await withStore(expectWholeWrites)).toBe(200);
}, 120_000);

test(`ST9 I7: ${2 * kills} processes killed with -9 while they write, two at a time, lose nothing committed and leave nothing half done (seed ${seed})`, async () => {
  const random = createRandom(seed);
  let said = 0;
  for (let round = 1; round <= kills; round += 1) {
    const pair = [start("write", 100_000), start("write", 100_000)];
    await Promise.all(pair.map((hammer) => hammer.hasSaid(1)));
    for (const hammer of pair) {
      await sleep(random() * 40);
      await kill(hammer);
    }
    const numbers = pair.flatMap(numbersOf);
    said += numbers.length;
    const kept = await withStore(expectWholeWrites);
    expect(kept).toBeGreaterThanOrEqual(Math.max(...numbers));
    expect(kept).toBeGreaterThanOrEqual(said);
    // One more of each may have been committed than it had time to say.
    expect(kept).toBeLessThanOrEqual(said + 2 * round);
  }
}, 300_000);

test(`ST10: a store whose making was killed at any moment is made whole by the next one (seed ${seed})`, async () => {
  const random = createRandom(seed);
  for (let round = 0; round < kills * 2; round += 1) {
    file = join(folder, `${round}`, "store.db");
    const hammer = start("write", 1);
    await Promise.race([sleep(60 + random() * 120), hammer.ended]);
    await kill(hammer);
    const store = await openStore({ file, clock: createFixedClock(), create: true });
    expect(await expectWholeWrites(store)).toBeGreaterThanOrEqual(hammer.said.length);
    expect(await store.write((tx) => tx.nextNumber("n"))).toBeGreaterThan(0);
    await store.close();
  }
}, 300_000);

test("ST9: a process killed in the middle of a write takes that write with it, and its hold", async () => {
  const holder = await startHolder();
  await kill(holder);
  expect(await withStore(expectWholeWrites)).toBe(0);
  expect(await withStore((store) => store.write((tx) => tx.nextNumber("n")))).toBe(1);
});

test("ST8: a process that holds a write for too long makes others fail by name, while readers go on", async () => {
  const holder = await startHolder();
  holder.process.kill("SIGSTOP");
  const change = (store: Store) => store.write((tx) => tx.nextNumber("n"));
  await withStore(async (store) => {
    const begun = performance.now();
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 5);
    const refused = { name: "MosError", code: "store-busy", message: expect.stringContaining(file) };
    // The second waits for the first, which is of this process; both are bounded.
    await Promise.all([expect(change(store)).rejects.toMatchObject(refused), expect(change(store)).rejects.toMatchObject(refused)]);
    clearInterval(ticking);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(300);
    // The wait is not in the engine: the process does other things meanwhile.
    expect(ticks).toBeGreaterThan(5);
    expect(await store.read((tx) => tx.notes.list())).toEqual([]);
    await kill(holder);
    expect(await change(store)).toBe(1);
  }, 300);
});

function start(mode: string, count = 0): Hammer {
  const hammer = startHammer([process.execPath, program.file, mode, file, `${count}`]);
  started.push(hammer);
  return hammer;
}

async function startHolder(): Promise<Hammer> {
  const holder = start("hold");
  await holder.hasSaid(1);
  return holder;
}

async function kill(hammer: Hammer): Promise<void> {
  hammer.process.kill("SIGKILL");
  await hammer.ended;
}

function numbersOf(hammer: Hammer): number[] {
  return hammer.said.map((line) => line.committed as number);
}

async function withStore<T>(body: (store: Store) => Promise<T>, busyMs = 15_000): Promise<T> {
  const store = await openStore({ file, clock: createFixedClock(), busyMs });
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

/** Everything that a hammer's write touches agrees: so none was kept by half. Gives the number of writes. */
async function expectWholeWrites(store: Store): Promise<number> {
  const { notes, sum, events, half } = await store.read(async (tx) => ({
    notes: (await tx.notes.list()).filter((note) => note.id.startsWith("note ")).map((note) => Number(note.id.slice(5))),
    sum: ((await tx.notes.get("sum"))?.value as number | undefined) ?? 0,
    events: (await tx.events()).map((event) => event.data.number),
    half: await tx.notes.get("half"),
  }));
  expect(notes).toEqual(Array.from({ length: sum }, (_, n) => n + 1));
  expect(events).toEqual(notes);
  expect(half).toBeUndefined();
  expect(await store.verifyLog()).toMatchObject({ ok: true, events: sum });
  expect(await store.integrityProblems()).toEqual([]);
  return sum;
}

/** mulberry32: small, and the same for the same seed. */
function createRandom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
