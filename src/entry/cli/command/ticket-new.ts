import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { createTicketFromDraft, refuseSealedDraft } from "../../../app/create-ticket.ts";
import { parseDraftText, readDraftFile } from "../../../app/read-draft.ts";
import { defineCommand } from "../command-row.ts";
import { formatTicketLine } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ file: z.string().min(1) }),
  async run(context, { file }) {
    const draft = file === "-" ? parseDraftText(await text(process.stdin), "stdin") : await readDraftFile(resolve(context.cwd, file));
    const world = await context.openWorld();
    if (context.callerIsAgent) refuseSealedDraft(world, draft);
    return { data: await createTicketFromDraft(world, { draft }) };
  },
  render: formatTicketLine,
});
