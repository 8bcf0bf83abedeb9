import { rmSync, writeSync } from "node:fs";
import { openStore } from "../../../src/adapter/store-libsql/open-store.ts";
import { MosError } from "../../../src/contract/error.ts";
import type { Store } from "../../../src/port/store.ts";

/**
 * A process that uses the store, for tests that need several, or one to kill. Prints one JSON a line, unbuffered, so that a
 * line that was seen says that what it speaks of had been committed.
 */
const [mode, file, count, ballast] = process.argv.slice(2) as [string, string, string, string | undefined];
const clock = {
  now: () => new Date().toISOString(),
  monotonicMs: () => performance.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

const modes: Record<string, (store: Store) => Promise<void>> = {
  /** `count` writes of a number, a record, a shared sum and an event, each all or nothing. */
  async write(store) {
    for (let n = 0; n < Number(count); n += 1) say({ committed: await writeOnce(store) });
  },
  /** Holds a write open, with changes made in it, until killed. */
  async hold(store) {
    await store.write(async (tx) => {
      await tx.nextNumber("n");
      await tx.notes.put({ id: "half", value: true });
      await tx.append({ kind: "test.half", actor: "mos", reason: "never to be seen" });
      say({ holding: true });
      await clock.sleep(600_000);
    });
  },
  /** Writes until the disk is full, says how that looks, frees the ballast and writes again. */
  async fill(store) {
    let committed = 0;
    const failures: unknown[] = [];
    while (failures.length < 3) {
      try {
        await writeOnce(store, "x".repeat(20_000));
        committed += 1;
      } catch (error) {
        failures.push(describe(error));
      }
    }
    const full = await inspect(store);
    rmSync(ballast as string);
    const next = await writeOnce(store);
    say({ committed, failures, full, next, after: await inspect(store) });
  },
  /** Reads, tries to write, and says what became of it. */
  async look(store) {
    const before = await inspect(store);
    const write = await writeOnce(store).then(
      (number) => ({ number }),
      (error) => describe(error),
    );
    say({ before, write });
  },
};

async function writeOnce(store: Store, text = ""): Promise<number> {
  return store.write(async (tx) => {
    const number = await tx.nextNumber("n");
    await tx.notes.put({ id: `note ${number}`, value: { pid: process.pid, text } });
    const sum = ((await tx.notes.get("sum"))?.value as number | undefined) ?? 0;
    await tx.notes.put({ id: "sum", value: sum + 1 });
    await tx.append({ kind: "test.written", actor: `worker:${process.pid}`, reason: "hammer", data: { number } });
    return number;
  });
}

async function inspect(store: Store) {
  const counts = await store.read(async (tx) => ({
    notes: (await tx.notes.list()).filter((note) => note.id.startsWith("note ")).length,
    sum: (await tx.notes.get("sum"))?.value ?? 0,
    events: (await tx.events()).length,
  }));
  return { ...counts, log: (await store.verifyLog()).ok, problems: await store.integrityProblems() };
}

function describe(error: unknown): unknown {
  return error instanceof MosError
    ? { name: error.name, code: error.code, message: error.message, hint: error.hint }
    : { code: `${error}` };
}

function say(line: unknown): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

try {
  const store = await openStore({ file, clock, create: true, busyMs: 60_000 });
  await modes[mode]?.(store);
  await store.close();
} catch (error) {
  say({ failed: describe(error) });
  process.exitCode = 1;
}
