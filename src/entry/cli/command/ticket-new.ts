import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { createTicketFromDraft } from "../../../app/create-ticket.ts";
import { parseDraftText, readDraftFile } from "../../../app/read-draft.ts";
import { defineCommand } from "../command-row.ts";
import { formatTicketLine } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ file: z.string().min(1) }),
  async run(context, { file }) {
    const draft = file === "-" ? parseDraftText(await text(process.stdin), "stdin") : await readDraftFile(resolve(context.cwd, file));
    return { data: await createTicketFromDraft(await context.openWorld(), { draft }) };
  },
  render: formatTicketLine,
});
