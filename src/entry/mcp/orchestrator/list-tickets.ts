import { z } from "zod";
import { listTickets } from "../../../app/list-tickets.ts";
import { requireOpen } from "../../../app/narrow-world.ts";
import { listOpenDomains } from "../../../core/workspace/list-open-domains.ts";
import { defineTool } from "../mcp-tool.ts";
import { summariseLine, TicketLine } from "../summarise-ticket.ts";
import { fitPage } from "../write-answer.ts";

export const listTicketsTool = defineTool({
  name: "list_tickets",
  title: "The tickets",
  description: "The tickets with what each waits for, by domain and number. Give `offset` from `next` for the rest.",
  input: z.object({
    domain: z.string().max(64).optional(),
    state: z.enum(["draft", "ready", "in_progress", "verifying", "merged", "blocked"]).optional(),
    offset: z.int().min(0).default(0),
  }),
  output: z.object({ tickets: z.array(TicketLine), total: z.int(), next: z.int().optional() }),
  readOnly: true,
  async run({ world }, { domain, state, offset }) {
    if (domain !== undefined) requireOpen(world, domain);
    const open = listOpenDomains(world.workspace).map(({ name }) => name);
    const where = { ...(domain === undefined ? {} : { domain }), ...(state === undefined ? {} : { state }) };
    const tickets = (await listTickets(world, where)).filter((ticket) => open.includes(ticket.domain));
    const { items, next } = fitPage(tickets.map(summariseLine), offset);
    return { tickets: items, total: tickets.length, ...(next === undefined ? {} : { next }) };
  },
});
