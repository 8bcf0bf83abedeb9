import { type Migration, Migrator, sql } from "kysely";
import type { Connection } from "./connection.ts";
import { initial } from "./migration/001-initial.ts";
import { agentRuns } from "./migration/002-agent-runs.ts";
import { ticketStates } from "./migration/003-ticket-states.ts";
import { storeNewer, storeUnavailable } from "./store-error.ts";

/** In code, not in files: the program is one bundle. Names sort; one that has shipped never changes. */
const migrations: Record<string, Migration> = {
  "001-initial": initial,
  "002-agent-runs": agentRuns,
  "003-ticket-states": ticketStates,
};

/**
 * Whether the store's tables are those of this version.
 * Throws `store-newer` for those of a newer one, `store-unavailable` for somebody else's database.
 */
export async function areTablesCurrent(connection: Connection, file: string): Promise<boolean> {
  const tables = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(connection.db);
  if (tables.rows.length === 0) return false;
  if (!tables.rows.some(({ name }) => name === "kysely_migration")) {
    throw storeUnavailable(file, "it is a database, but none of Master OS");
  }
  const applied = await sql<{ name: string }>`select name from kysely_migration`.execute(connection.db);
  const newer = applied.rows.find(({ name }) => !(name in migrations));
  if (newer) throw storeNewer(file, newer.name);
  return applied.rows.length === Object.keys(migrations).length;
}

/** Brings the tables up to date. The caller holds the write transaction, so that of two processes one does it, whole. */
export async function migrateTables(connection: Connection): Promise<void> {
  const migrator = new Migrator({ db: connection.db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
