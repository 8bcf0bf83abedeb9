import type { Connection } from "./connection.ts";
import { identifyFile } from "./find-file.ts";
import { storeUnavailable } from "./store-error.ts";
import { openScope, type TransactionScope } from "./transaction-scope.ts";

/** Runs the body in the transaction that is open on this connection, then ends it: all of it or nothing. */
export async function runThenEnd<T>(
  args: { connection: Connection; file: string; end: "commit" | "rollback" },
  body: (scope: TransactionScope) => Promise<T>,
): Promise<T> {
  const { connection } = args;
  const scope = openScope(connection, args.file);
  try {
    const result = await runAndSettle(scope, body);
    scope.end();
    connection.exec(args.end);
    return result;
  } finally {
    scope.end();
    // A full disk may have rolled back already, or have failed the commit half way.
    if (connection.inTransaction()) connection.exec("rollback");
  }
}

async function runAndSettle<T>(scope: TransactionScope, body: (scope: TransactionScope) => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await body(scope);
  } catch (error) {
    await scope.settle();
    throw error;
  }
  const fault = await scope.settle();
  if (fault) throw fault;
  return result;
}

/**
 * Begins a write. A store that was removed, or replaced by another file, since it was opened is refused: the engine would go
 * on with the one that has no name any more, and what is written to that is lost.
 */
export function beginWrite(connection: Connection, { file, identity }: { file: string; identity: string }): void {
  // Only where a rollback has failed before, which a failing disk can bring about.
  if (connection.inTransaction()) connection.exec("rollback");
  connection.exec("begin immediate");
  if (identifyFile(file) === identity) return;
  connection.exec("rollback");
  throw storeUnavailable(file, "it was removed or replaced while it was in use");
}

/** Begins a read and takes its snapshot at once, not at the first query. */
export function beginSnapshot(connection: Connection): void {
  connection.exec("begin");
  try {
    connection.exec("select 1 from log_head");
  } catch (error) {
    if (connection.inTransaction()) connection.exec("rollback");
    throw error;
  }
}
