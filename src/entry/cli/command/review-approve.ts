import { z } from "zod";
import { approveCandidate } from "../../../app/approve-candidate.ts";
import { summariseTicket } from "../../../app/list-tickets.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "review-approval",
  input: z.strictObject({ id: z.string().min(1) }),
  async run(context, { id }) {
    if (context.callerIsAgent) throw ownWord();
    const { candidate, ticket } = await approveCandidate(await context.openWorld(), { id });
    return { data: { candidate, ticket: summariseTicket(ticket) } };
  },
  render: ({ candidate, ticket }, paint) =>
    `${paint.green("✔")} ${ticket.id} writes it to ${candidate.target}. ${paint.dim("Next:")} mos run`,
});

/** Review is never relayed. */
function ownWord(): MosError {
  return new MosError({
    code: "operator-only",
    message: "What waits for review is the operator's to settle.",
    hint: "Run it in your own terminal.",
    exit: exitCode.failure,
  });
}
