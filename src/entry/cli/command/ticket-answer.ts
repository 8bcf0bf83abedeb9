import { z } from "zod";
import { answerTicket } from "../../../app/answer-ticket.ts";
import { showTicket } from "../../../app/show-ticket.ts";
import { defineCommand } from "../command-row.ts";
import { formatTicketLine } from "../show/format-ticket.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ id: z.string().min(1), text: z.string().optional() }),
  async run(context, { id, text }) {
    const world = await context.openWorld();
    return { data: await answerTicket(world, { id, text: text ?? (await askFor(id)) }) };

    async function askFor(ticket: string): Promise<string> {
      const { title, causes } = await showTicket(world, { id: ticket });
      const questions = causes.filter(({ kind }) => kind === "question").map(({ detail, clears }) => detail ?? clears);
      return context.ask.text({ question: stripControl(`${ticket} ${title}: ${questions.join("; ")}`), instead: "--text TEXT" });
    }
  },
  render: formatTicketLine,
});
