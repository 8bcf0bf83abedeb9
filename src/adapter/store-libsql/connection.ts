import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import Database from "libsql";
import type { Schema } from "./schema.ts";

/** One connection to the file, with kysely over it. Transactions are begun and ended with `exec`, by the store alone. */
export interface Connection {
  readonly db: Kysely<Schema>;
  exec(sql: string): void;
  inTransaction(): boolean;
  close(): void;
}

/** Prepared statements by their text. */
type Statements = Map<string, Database.Statement>;

const statementsMax = 200;

/**
 * Opens one connection. It never waits inside the engine, since that would stop the whole process: what is busy is tried
 * again by the caller (wait-while-busy.ts). Throws what the engine throws.
 */
export function openConnection(file: string, options: { queryOnly: boolean }): Connection {
  const database = new Database(file);
  try {
    database.pragma("busy_timeout = 0");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    database.pragma("recursive_triggers = ON");
    // The constructor's `readonly` is ignored by libsql 0.5; this is not.
    if (options.queryOnly) database.pragma("query_only = ON");
  } catch (error) {
    database.close();
    throw error;
  }
  const statements: Statements = new Map();
  return {
    db: new Kysely<Schema>({ dialect: createDialect(database, statements) }),
    exec: (sql) => void database.exec(sql),
    inTransaction: () => database.inTransaction,
    close() {
      // libsql keeps the file open until the last statement is collected, and offers no way to end one.
      statements.clear();
      database.close();
    },
  };
}

/** kysely's own SQLite dialect begins deferred transactions and prepares every query anew; this one leaves the first to the store. */
function createDialect(database: Database.Database, statements: Statements): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => createDriver(createQueryRunner(database, statements)),
  };
}

function createDriver(connection: DatabaseConnection): Driver {
  const run = async (sql: string) => void (await connection.executeQuery(CompiledQuery.raw(sql)));
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: () => run("begin immediate"),
    commitTransaction: () => run("commit"),
    rollbackTransaction: () => run("rollback"),
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}

function createQueryRunner(database: Database.Database, statements: Statements): DatabaseConnection {
  const prepare = (sql: string): Database.Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const made = database.prepare(sql);
    if (statements.size >= statementsMax) statements.clear();
    statements.set(sql, made);
    return made;
  };
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const statement = prepare(sql);
      // Always to the last row: a statement left half read would keep its snapshot open.
      if (statement.reader) return { rows: statement.all([...parameters]) as R[] };
      const { changes } = statement.run([...parameters]);
      return { rows: [], numAffectedRows: BigInt(changes) };
    },
    // biome-ignore lint/correctness/useYield: the store reads in pages, and never streams
    async *streamQuery() {
      throw new Error("the libsql store reads in pages");
    },
  };
}
