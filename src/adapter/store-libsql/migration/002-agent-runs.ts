import type { Kysely, Migration } from "kysely";

const columns = ["domain", "ticket", "state", "day"];

/** What every run of a model used. */
export const agentRuns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    let builder = db.schema
      .createTable("agentRuns")
      .addColumn("position", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("id", "text", (column) => column.notNull().unique());
    for (const name of columns) builder = builder.addColumn(name, "text");
    await builder.addColumn("body", "text", (column) => column.notNull()).execute();
    for (const name of columns) await db.schema.createIndex(`agentRuns_by_${name}`).on("agentRuns").columns([name, "position"]).execute();
  },
};
