import { z } from "zod";
import { approveCandidate } from "../../../app/approve-candidate.ts";
import { summariseTicket } from "../../../app/list-tickets.ts";
import { defineCommand } from "../command-row.ts";
import { requireOperator } from "../require-operator.ts";

export const command = defineCommand({
  kind: "review-approval",
  input: z.strictObject({ id: z.string().min(1) }),
  async run(context, { id }) {
    requireOperator(context, "What waits for review is the operator's to settle.");
    const { candidate, ticket } = await approveCandidate(await context.openWorld(), { id });
    return { data: { candidate, ticket: summariseTicket(ticket) } };
  },
  render: ({ candidate, ticket }, paint) =>
    `${paint.green("✔")} ${ticket.id} writes it to ${candidate.target}. ${paint.dim("Next:")} mos run`,
});
