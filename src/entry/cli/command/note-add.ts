import { text } from "node:stream/consumers";
import { z } from "zod";
import { addNote } from "../../../app/add-note.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "note",
  input: z.strictObject({ domain: z.string().min(1), text: z.string() }),
  async run(context, input) {
    const words = input.text === "-" ? await text(process.stdin) : input.text;
    const { ticket, path } = await addNote(await context.openWorld(), { domain: input.domain, text: words });
    return { data: { ticket: ticket.id, domain: ticket.domain, path, state: ticket.status.state } };
  },
  render: ({ ticket, path }, paint) => `${paint.green("✔")} ${ticket} adds ${path}. ${paint.dim("Next:")} mos run`,
});
