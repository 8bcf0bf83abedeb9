import { z } from "zod";
import { createTicketFromDraft } from "../../../app/create-ticket.ts";
import { requireOpen } from "../../../app/narrow-world.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { TicketDraft } from "../../../contract/ticket.ts";
import { describeIssue } from "../../../core/workspace/describe-issue.ts";
import { defineTool } from "../mcp-tool.ts";
import { summariseLine, TicketLine } from "../summarise-ticket.ts";

export const fileTicketTool = defineTool({
  name: "file_ticket",
  title: "File a draft",
  description:
    "Files a draft for the operator: one change of one repository, the paths it may touch, the commands that do it (they run in a sandbox " +
    "with no network) and commands that must pass when it is done. It stays a draft until the operator releases it in a terminal: " +
    "mos ticket ready ID.",
  input: z.object({
    title: z.string().min(1).max(200),
    domain: z.string().min(1).max(64),
    repo: z.string().max(64).optional().describe("an attached repository (default: the home)"),
    body: z.string().max(8000).optional(),
    touches: z.array(z.string().max(1024)).max(100).optional().describe("paths it may change; none: the whole repository"),
    run: z.array(z.string().min(1).max(4000)).max(50).optional().describe("commands of `sh -c`, in order, at the tree's root"),
    accept: z
      .array(z.object({ text: z.string().min(1).max(500), run: z.string().min(1).max(2000) }))
      .max(20)
      .optional(),
    dependsOn: z.array(z.string().max(32)).max(50).optional().describe("tickets that must land first"),
    priority: z.int().min(0).max(99).optional().describe("higher goes first (default 50)"),
  }),
  output: z.object({ ticket: TicketLine, next: z.string() }),
  readOnly: false,
  async run({ world }, input) {
    requireOpen(world, input.domain);
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    const draft = TicketDraft.safeParse(given);
    if (!draft.success) throw refuseDraft(draft.error, given);
    const ticket = await createTicketFromDraft(world, { draft: draft.data, relayed: true });
    return { ticket: summariseLine(ticket), next: `the operator releases it in a terminal: mos ticket ready ${ticket.id}` };
  },
});

function refuseDraft(error: z.ZodError, given: unknown): MosError {
  const [issue] = error.issues;
  const text = (issue && describeIssue(issue, given, TicketDraft)[0]?.text) ?? "not valid";
  return new MosError({
    code: "ticket-invalid",
    message: `${issue?.path.join(".") || "the draft"}: ${text}`,
    hint: "Correct that and file it again.",
    exit: exitCode.usage,
  });
}
