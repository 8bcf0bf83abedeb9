import { resolve } from "node:path";
import { z } from "zod";
import { editTicket } from "../../../app/edit-ticket.ts";
import { defineCommand } from "../command-row.ts";
import { formatTicketLine } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ id: z.string().min(1), file: z.string().min(1) }),
  async run(context, { id, file }) {
    return { data: await editTicket(await context.openWorld(), { id, file: resolve(context.cwd, file) }) };
  },
  render: formatTicketLine,
});
