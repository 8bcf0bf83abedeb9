import { z } from "zod";
import { rejectCandidate } from "../../../app/reject-candidate.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "review-rejection",
  input: z.strictObject({ id: z.string().min(1), reason: z.string().min(1).optional() }),
  async run(context, { id, reason }) {
    if (context.callerIsAgent) throw ownWord();
    return { data: await rejectCandidate(await context.openWorld(), { id, ...(reason === undefined ? {} : { reason }) }) };
  },
  render: ({ id }, paint) => `${paint.green("✔")} ${id} is rejected; it does not come back.`,
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
