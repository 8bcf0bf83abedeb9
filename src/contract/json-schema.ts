import { z } from "zod";
import { Config } from "./config.ts";
import { AnswersFile } from "./decision.ts";
import { Playbook } from "./playbook.ts";
import { TicketDraft } from "./ticket.ts";

/** JSON Schemas of the files that people write, by file name: for editors, and published under `schema/`. */
export function makeJsonSchemas(): Readonly<Record<string, string>> {
  return {
    "mos.schema.json": render("Master OS: mos.yaml", Config),
    "playbook.schema.json": render("Master OS: a playbook", Playbook),
    "ticket.schema.json": render("Master OS: a ticket's file", TicketDraft),
    "answers.schema.json": render("Master OS: an answers file", AnswersFile),
  };
}

function render(title: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "any" });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}
