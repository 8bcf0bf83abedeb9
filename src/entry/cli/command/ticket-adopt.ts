import { z } from "zod";
import { adoptBranch } from "../../../app/adopt-branch.ts";
import { defineCommand } from "../command-row.ts";
import { requireOperator } from "../require-operator.ts";
import { formatTicketLine } from "../show/format-ticket.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ branch: z.string().min(1), domain: z.string().min(1), repo: z.string().optional() }),
  async run(context, { branch, domain, repo }) {
    requireOperator(context, "Commits are adopted as a person's own, by the operator's word alone.");
    const { world, diagnose } = await context.openWorkspace();
    return { data: await adoptBranch(world, { branch, domain, diagnose, ...(repo === undefined ? {} : { repo }) }) };
  },
  render: formatTicketLine,
});
