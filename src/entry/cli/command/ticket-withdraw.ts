import { z } from "zod";
import { withdrawTicket } from "../../../app/withdraw-ticket.ts";
import { defineCommand } from "../command-row.ts";
import { formatTicketLine } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ id: z.string().min(1), reason: z.string().min(1).optional() }),
  async run(context, { id, reason }) {
    return { data: await withdrawTicket(await context.openWorld(), { id, ...(reason === undefined ? {} : { reason }) }) };
  },
  render: formatTicketLine,
});
