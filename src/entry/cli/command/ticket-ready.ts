import { z } from "zod";
import { readyTicket } from "../../../app/ready-ticket.ts";
import { defineCommand } from "../command-row.ts";
import { formatTicketLine } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ id: z.string().min(1) }),
  async run(context, { id }) {
    return { data: await readyTicket(await context.openWorld(), { id }) };
  },
  render: formatTicketLine,
});
