import { existsSync } from "node:fs";
import Database from "libsql";

export interface StateCounts {
  /** Of tickets, by state. */
  readonly tickets: Readonly<Record<string, number>>;
  readonly questions: number;
  readonly grade?: string;
}

/**
 * The figures of a status line, by the engine alone: no schema is loaded, no record parsed, nothing made or migrated. A
 * store that is not there has none. Throws what the engine throws.
 */
export function countStates(file: string): StateCounts | undefined {
  if (!existsSync(file)) return undefined;
  const database = new Database(file);
  try {
    database.pragma("query_only = ON");
    const states = database.prepare("select json_extract(body, '$.status.state') as state, count(*) as many from tickets group by 1").all();
    const open = database.prepare("select count(*) as many from decisions where json_extract(body, '$.answer.kind') = 'open'").get();
    const doctor = database.prepare("select json_extract(body, '$.value.grade') as grade from notes where id = 'doctor:last'").get();
    const grade = (doctor as { grade?: unknown } | undefined)?.grade;
    return {
      tickets: Object.fromEntries((states as { state: string; many: number }[]).map(({ state, many }) => [state, many])),
      questions: (open as { many: number }).many,
      ...(typeof grade === "string" ? { grade } : {}),
    };
  } finally {
    database.close();
  }
}
