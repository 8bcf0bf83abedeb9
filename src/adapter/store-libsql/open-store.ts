import type { Clock } from "../../port/clock.ts";
import type { Store } from "../../port/store.ts";
import { type Connection, openConnection } from "./connection.ts";
import { findStoreFile } from "./find-file.ts";
import { createStore, type StoreSettings } from "./libsql-store.ts";
import { areTablesCurrent, migrateTables } from "./migrate.ts";
import { explainStoreError, storeReadonly } from "./store-error.ts";
import { waitWhileBusy } from "./wait-while-busy.ts";

export interface OpenStoreOptions {
  /** `<workspace>/.mos/store.db`. Its `-wal` and `-shm` lie beside it. */
  readonly file: string;
  readonly clock: Clock;
  /** Makes what is missing, readable by the operator alone: the folder 0700, the file 0600. Default: it must be there. */
  readonly create?: boolean;
  /** How long a call waits for other processes, and for this one's other writes, before `store-busy`. */
  readonly busyMs?: number;
}

/**
 * Opens the embedded store and brings its tables up to date. One that may not be written can still be read.
 * Throws `store-unavailable`, `store-newer`, `store-readonly`, `store-full`, `store-busy`, `store-corrupt`.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { file, clock } = options;
  const found = findStoreFile({ file, create: options.create ?? false });
  const settings: StoreSettings = { file, clock, busyMs: options.busyMs ?? 15_000, ...found };
  try {
    return createStore(settings, await waitWhileBusy(settings, () => openPrepared(settings)));
  } catch (error) {
    throw explainStoreError(error, file);
  }
}

async function openPrepared(settings: StoreSettings): Promise<Connection> {
  const connection = openConnection(settings.source, { queryOnly: !settings.writable });
  try {
    if (await areTablesCurrent(connection, settings.file)) return connection;
    if (!settings.writable) throw storeReadonly(settings.file);
    connection.exec("pragma journal_mode = wal");
    await migrateAlone(connection, settings.file);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function migrateAlone(connection: Connection, file: string): Promise<void> {
  connection.exec("begin immediate");
  try {
    if (!(await areTablesCurrent(connection, file))) await migrateTables(connection);
    connection.exec("commit");
  } catch (error) {
    if (connection.inTransaction()) connection.exec("rollback");
    throw error;
  }
}
