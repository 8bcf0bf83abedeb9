import { z } from "zod";
import { summariseTicket } from "../../../app/list-tickets.ts";
import { releaseCandidate } from "../../../app/release-candidate.ts";
import { defineCommand } from "../command-row.ts";
import { requireOperator } from "../require-operator.ts";

export const command = defineCommand({
  kind: "review-release",
  input: z.strictObject({ id: z.string().min(1) }),
  async run(context, { id }) {
    requireOperator(context, "What crosses a silo is released by the operator.");
    const { candidate, ticket } = await releaseCandidate(await context.openWorld(), { id });
    return { data: { candidate, ticket: summariseTicket(ticket) } };
  },
  render: ({ ticket }, paint) => `${paint.green("✔")} ${ticket.id} writes it for all domains. ${paint.dim("Next:")} mos run`,
});
