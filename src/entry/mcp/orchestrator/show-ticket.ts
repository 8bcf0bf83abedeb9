import { z } from "zod";
import { listOpenDomains } from "../../../core/workspace/list-open-domains.ts";
import { defineTool } from "../mcp-tool.ts";
import { showTicketOf } from "../show-ticket-of.ts";
import { TicketText } from "../summarise-ticket.ts";

export const showTicketTool = defineTool({
  name: "show_ticket",
  title: "One ticket",
  description:
    "Everything about one ticket that helps to say how it stands: body, what it waits for, report, verdict, the last of its history.",
  input: z.object({ id: z.string().max(32).describe("MUS-12") }),
  output: z.object({ ticket: TicketText }),
  readOnly: true,
  run: async ({ world }, { id }) => ({ ticket: await showTicketOf(world, { id, domains: listOpenDomains(world.workspace) }) }),
});
