import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../port/clock.ts";
import type { Store } from "../../port/store.ts";
import { type Connection, openConnection } from "./connection.ts";
import { createStore } from "./libsql-store.ts";
import { areTablesCurrent, migrateTables } from "./migrate.ts";
import { explainStoreError, storeUnavailable } from "./store-error.ts";
import { waitWhileBusy } from "./wait-while-busy.ts";

export interface OpenStoreOptions {
  /** `<workspace>/.mos/store.db`. Its `-wal` and `-shm` lie beside it. */
  readonly file: string;
  readonly clock: Clock;
  /** Makes what is missing, readable by the operator alone: the folder 0700, the file 0600. Default: it must be there. */
  readonly create?: boolean;
  /** How long a write waits for other processes before `store-busy`. */
  readonly busyMs?: number;
}

/**
 * Opens the embedded store and brings its tables up to date.
 * Throws `store-unavailable`, `store-newer`, `store-readonly`, `store-full`, `store-busy`, `store-corrupt`.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const settings = { file: options.file, clock: options.clock, busyMs: options.busyMs ?? 15_000 };
  try {
    findOrMakeFile(options);
    await prepareTables(settings);
    return createStore(settings);
  } catch (error) {
    throw explainStoreError(error, options.file);
  }
}

function findOrMakeFile({ file, create }: OpenStoreOptions): void {
  if (existsSync(file)) return;
  if (!create) throw storeUnavailable(file, "there is no such file");
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // The engine would make it readable for all; its other files take this one's mode.
    closeSync(openSync(file, "a", 0o600));
  } catch (error) {
    throw storeUnavailable(file, error instanceof Error ? error.message : String(error), error);
  }
}

async function prepareTables(settings: { file: string; clock: Clock; busyMs: number }): Promise<void> {
  await waitWhileBusy(settings, async () => {
    const connection = openConnection(settings.file, { queryOnly: false });
    try {
      if (await areTablesCurrent(connection, settings.file)) return;
      connection.exec("pragma journal_mode = wal");
      await migrateAlone(connection, settings.file);
    } finally {
      connection.close();
    }
  });
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
