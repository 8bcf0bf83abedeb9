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
    const world = await context.openView();
    const shown = new Set(chooseDomains(world, domain).map(({ name }) => name));
    const where = { ...(domain === undefined ? {} : { domain }), ...(state === undefined ? {} : { state }) };
    const tickets = await listTickets(world, where);
    return { data: context.callerIsAgent ? tickets.filter((ticket) => shown.has(ticket.domain)) : tickets };
  },
  render: (tickets, paint) => (tickets.length === 0 ? "No tickets." : formatTickets(tickets, paint)),
});
