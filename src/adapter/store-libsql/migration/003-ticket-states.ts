import { type Kysely, type Migration, sql } from "kysely";

/** Tickets are found by their state: what is merged is most of them, and hardly ever asked for. */
export const ticketStates: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("tickets").addColumn("state", "text").execute();
    await sql`update tickets set state = json_extract(body, '$.status.state') where json_valid(body)`.execute(db);
    await db.schema.createIndex("tickets_by_state").on("tickets").columns(["state", "position"]).execute();
  },
};
