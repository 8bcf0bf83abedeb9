import { z } from "zod";
import { blockTicket } from "../../../app/block-ticket.ts";
import { defineCommand } from "../command-row.ts";
import { formatTicketLine } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ id: z.string().min(1), reason: z.string().min(1) }),
  async run(context, { id, reason }) {
    return { data: await blockTicket(await context.openWorld(), { id, reason }) };
  },
  render: formatTicketLine,
});
