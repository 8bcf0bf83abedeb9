import type { Kysely } from "kysely";
import type { Connection } from "./connection.ts";
import type { Schema } from "./schema.ts";
import { explainStoreError } from "./store-error.ts";

/** What every query of one transaction goes through. */
export interface TransactionScope {
  readonly db: Kysely<Schema>;
  readonly file: string;
  /** Runs a query of this transaction, and refuses once it is over. */
  query<T>(body: () => Promise<T>): Promise<T>;
  /** Waits for every query that was begun; gives the fault that forbids a commit, if there is one. */
  settle(): Promise<unknown>;
  /** From here on every query is refused. */
  end(): void;
}

/**
 * A scope guards against two ways of writing outside the transaction: a query that nobody awaited and that would run
 * after the end, and a body that goes on after the engine has already rolled back (a full disk does that).
 */
export function openScope(connection: Connection, file: string): TransactionScope {
  const pending = new Set<Promise<unknown>>();
  let ended = false;
  let fault: { error: unknown } | undefined;

  const runQuery = async <T>(body: () => Promise<T>): Promise<T> => {
    if (fault) throw fault.error;
    try {
      return await body();
    } catch (error) {
      const explained = explainStoreError(error, file);
      // The engine's own failure ends the transaction, even where the body swallows it.
      if (explained !== error) fault ??= { error: explained };
      throw explained;
    }
  };

  return {
    db: connection.db,
    file,
    query(body) {
      if (ended) return Promise.reject(new Error(`a query of the store ${file} came after its transaction had ended`));
      const running = runQuery(body);
      pending.add(running);
      const forget = () => void pending.delete(running);
      running.then(forget, forget);
      return running;
    },
    async settle() {
      const unawaited = pending.size;
      await Promise.allSettled(pending);
      if (fault) return fault.error;
      return unawaited > 0 ? new Error(`${unawaited} queries of the store ${file} were not awaited by their transaction`) : undefined;
    },
    end() {
      ended = true;
    },
  };
}
