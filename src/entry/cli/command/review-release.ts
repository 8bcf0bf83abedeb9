import { z } from "zod";
import { summariseTicket } from "../../../app/list-tickets.ts";
import { releaseCandidate } from "../../../app/release-candidate.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "review-release",
  input: z.strictObject({ id: z.string().min(1) }),
  async run(context, { id }) {
    if (context.callerIsAgent) throw ownWord();
    const { candidate, ticket } = await releaseCandidate(await context.openWorld(), { id });
    return { data: { candidate, ticket: summariseTicket(ticket) } };
  },
  render: ({ ticket }, paint) => `${paint.green("✔")} ${ticket.id} writes it for all domains. ${paint.dim("Next:")} mos run`,
});

/** What crosses a silo is the operator's own word, and no session's. */
function ownWord(): MosError {
  return new MosError({
    code: "operator-only",
    message: "What crosses a silo is released by the operator.",
    hint: "Run it in your own terminal.",
    exit: exitCode.failure,
  });
}
