import { type Kysely, type Migration, sql } from "kysely";

// A migration that has shipped never changes, so the tables are spelled out here and not taken from schema.ts.
const tables: Record<string, readonly string[]> = {
  tickets: ["domain"],
  decisions: ["session", "domain"],
  briefs: ["domain", "session"],
  sessions: [],
  leases: ["owner"],
  lanes: [],
  landings: ["lane"],
  receipts: ["lane"],
  reports: ["ticket"],
  verdicts: ["ticket"],
  artifacts: ["domain"],
  candidates: ["domain", "status", "ticket"],
  notes: [],
};
const versioned = new Set(["tickets", "decisions"]);

/** All tables of the first release. */
export const initial: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const [table, columns] of Object.entries(tables)) await createRowTable(db, table, columns);
    await createLog(db);
    await db.schema
      .createTable("numbers")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("last", "integer", (column) => column.notNull())
      .execute();
  },
};

async function createRowTable(db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  let builder = db.schema
    .createTable(table)
    .addColumn("position", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("id", "text", (column) => column.notNull().unique());
  for (const name of columns) builder = builder.addColumn(name, "text");
  if (versioned.has(table)) builder = builder.addColumn("version", "integer", (column) => column.notNull());
  await builder.addColumn("body", "text", (column) => column.notNull()).execute();
  for (const name of columns) await db.schema.createIndex(`${table}_by_${name}`).on(table).columns([name, "position"]).execute();
}

async function createLog(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("events")
    .addColumn("seq", "integer", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("domain", "text")
    .addColumn("ticket", "text")
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("events_by_ticket").on("events").columns(["ticket", "seq"]).execute();
  await db.schema
    .createTable("log_head")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .execute();
  // The log is append-only in the engine itself (ST5), also for a `replace`, which counts as an insert of a seq that is there.
  const rules = [
    ["events_never_change", "before update on events", ""],
    ["events_never_go", "before delete on events", ""],
    ["events_in_order", "before insert on events", "when new.seq <> (select coalesce(max(seq), 0) + 1 from events)"],
  ];
  for (const [name, moment, condition] of rules) {
    await sql.raw(`create trigger ${name} ${moment} ${condition} begin select raise(abort, 'the log is append-only'); end`).execute(db);
  }
}
