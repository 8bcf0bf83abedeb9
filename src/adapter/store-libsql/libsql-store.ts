import { AsyncLocalStorage } from "node:async_hooks";
import { MosError } from "../../contract/error.ts";
import type { Clock } from "../../port/clock.ts";
import type { Store } from "../../port/store.ts";
import { type Connection, openConnection } from "./connection.ts";
import { verifyEvents } from "./event-log.ts";
import { findProblems } from "./find-problems.ts";
import { beginSnapshot, beginWrite, runThenEnd } from "./run-transaction.ts";
import { explainStoreError, storeBusy, storeNested, storeReadonly, storeUnavailable } from "./store-error.ts";
import { createTurns } from "./take-turns.ts";
import { createReader, createWriter } from "./transaction.ts";
import type { TransactionScope } from "./transaction-scope.ts";
import { waitWhileBusy } from "./wait-while-busy.ts";

const readersMax = 16;

export interface StoreSettings {
  /** As the operator knows it, for messages. */
  readonly file: string;
  /** As the engine opens it. */
  readonly source: string;
  readonly writable: boolean;
  /** Which file it is that was opened, whatever lies there later. */
  readonly identity: string;
  readonly clock: Clock;
  readonly busyMs: number;
}

/**
 * The store over one file. Writes of this process go one at a time over one connection, and `begin immediate` keeps other
 * processes out; each read has a connection of its own, whose snapshot no write disturbs (WAL). `first` is the connection that
 * the tables were looked at with: the writing one, or one more to read with where nothing may be written.
 *
 * Crash: a transaction is in the WAL whole, synced, with its commit record, or it is not there. Who opens next sees to it.
 */
export function createStore(settings: StoreSettings, first: Connection): Store {
  const { file, source, clock, busyMs } = settings;
  const takeWrite = createTurns({ seats: 1, waitMs: busyMs });
  const takeRead = createTurns({ seats: readersMax, waitMs: busyMs });
  const idleReaders = settings.writable ? [] : [first];
  const running = new Set<Promise<unknown>>();
  const inWrite = new AsyncLocalStorage<{ open: boolean }>();
  let wrote = false;
  let closed = false;

  const refuseMisuse = (what: string): void => {
    if (inWrite.getStore()?.open) throw storeNested(file, what);
    if (closed) throw storeUnavailable(file, "it was closed");
  };

  const inSnapshot = async <T>(body: (scope: TransactionScope) => Promise<T>): Promise<T> => {
    const giveBack = await takeRead();
    if (!giveBack) throw storeBusy(file);
    try {
      const connection = idleReaders.pop() ?? openConnection(source, { queryOnly: true });
      try {
        await waitWhileBusy(settings, () => beginSnapshot(connection));
        return await runThenEnd({ connection, file, end: "rollback" }, body);
      } finally {
        if (connection.inTransaction()) connection.close();
        else idleReaders.push(connection);
      }
    } finally {
      giveBack();
    }
  };

  const inOnlyWrite = async <T>(body: (scope: TransactionScope) => Promise<T>): Promise<T> => {
    if (!settings.writable) throw storeReadonly(file);
    const giveBack = await takeWrite();
    if (!giveBack) throw storeBusy(file);
    const mark = { open: true };
    try {
      await waitWhileBusy(settings, () => beginWrite(first, settings));
      wrote = true;
      return await inWrite.run(mark, () => runThenEnd({ connection: first, file, end: "commit" }, body));
    } finally {
      mark.open = false;
      giveBack();
    }
  };

  const run = async <T>(what: string, body: () => Promise<T>): Promise<T> => {
    refuseMisuse(what);
    const work = body();
    running.add(work);
    try {
      return await work;
    } catch (error) {
      throw explainStoreError(error, file);
    } finally {
      running.delete(work);
    }
  };

  return {
    read: (body) => run("read", () => inSnapshot((scope) => body(createReader(scope)))),
    write: (body) => run("write", () => inOnlyWrite((scope) => body(createWriter(scope, clock)))),
    verifyLog: (after) => run("check", () => inSnapshot((scope) => verifyEvents(scope, after))),
    async integrityProblems() {
      try {
        return await run("check", () => inSnapshot(findProblems));
      } catch (error) {
        if (error instanceof MosError && error.code === "store-corrupt") return [error.message];
        throw error;
      }
    },
    async close() {
      if (closed) return;
      refuseMisuse("close");
      closed = true;
      await Promise.allSettled(running);
      if (wrote) foldLogIn(first);
      for (const connection of new Set([first, ...idleReaders])) connection.close();
    },
  };
}

/**
 * Brings what lies in the `-wal` into the file, so that the file alone is the whole store: for a backup, or a disk that becomes
 * read-only. Where another process is in the way, or there is no room, it stays where it is as safe as it was.
 */
function foldLogIn(connection: Connection): void {
  try {
    connection.exec("pragma wal_checkpoint(truncate)");
  } catch {
    // Nothing is lost by it.
  }
}
