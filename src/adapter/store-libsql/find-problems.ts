import { sql } from "kysely";
import { MosError } from "../../contract/error.ts";
import type { Collection } from "./rows.ts";
import { columnsOf, parseRow } from "./rows.ts";
import { records } from "./transaction.ts";
import type { TransactionScope } from "./transaction-scope.ts";

const problemsMax = 100;
const pageSize = 200;

/** What is wrong with the file: by the engine's own check, then each record against its schema. Empty when sound. */
export async function findProblems(scope: TransactionScope): Promise<string[]> {
  const problems = await askEngine(scope);
  for (const collection of Object.values(records)) {
    if (problems.length >= problemsMax) break;
    problems.push(...(await checkRows(scope, collection as Collection<unknown>)));
  }
  return problems.slice(0, problemsMax);
}

async function askEngine(scope: TransactionScope): Promise<string[]> {
  const check = await scope.query(() => sql<{ integrity_check: string }>`pragma integrity_check(20)`.execute(scope.db));
  return check.rows.map((row) => row.integrity_check).filter((line) => line !== "ok");
}

async function checkRows(scope: TransactionScope, collection: Collection<unknown>): Promise<string[]> {
  const problems: string[] = [];
  let after = 0;
  for (;;) {
    const page = await scope.query(() =>
      scope.db
        .selectFrom(collection.table)
        .select([...columnsOf(collection), "position"])
        .where("position", ">", after)
        .orderBy("position")
        .limit(pageSize)
        .execute(),
    );
    for (const row of page) {
      try {
        parseRow(scope, collection, row);
      } catch (error) {
        if (!(error instanceof MosError)) throw error;
        problems.push(error.message);
      }
    }
    const last = page.at(-1);
    if (!last) return problems;
    after = last.position;
  }
}
