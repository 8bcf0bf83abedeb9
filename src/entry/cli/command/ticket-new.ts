import { resolve } from "node:path";
import { z } from "zod";
import { createTicketFromFile } from "../../../app/create-ticket.ts";
import { defineCommand } from "../command-row.ts";
import { formatTicketLine } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ file: z.string().min(1) }),
  async run(context, { file }) {
    const path = file === "-" ? "/dev/stdin" : resolve(context.cwd, file);
    return { data: await createTicketFromFile(await context.openWorld(), { file: path }) };
  },
  render: formatTicketLine,
});
