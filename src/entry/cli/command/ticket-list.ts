import { z } from "zod";
import { chooseDomains } from "../../../app/check-wiki.ts";
import { listTickets } from "../../../app/list-tickets.ts";
import { defineCommand } from "../command-row.ts";
import { formatTickets } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "tickets",
  input: z.strictObject({
    domain: z.string().optional(),
    state: z.enum(["draft", "ready", "in_progress", "verifying", "merged", "blocked"]).optional(),
  }),
  async run(context, { domain, state }) {
    const world = await context.openWorld();
    if (domain !== undefined) chooseDomains(world, domain);
    const where = { ...(domain === undefined ? {} : { domain }), ...(state === undefined ? {} : { state }) };
    return { data: await listTickets(world, where) };
  },
  render: (tickets, paint) => (tickets.length === 0 ? "No tickets." : formatTickets(tickets, paint)),
});
