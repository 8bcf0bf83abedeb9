import { z } from "zod";
import { rejectCandidate } from "../../../app/reject-candidate.ts";
import { defineCommand } from "../command-row.ts";
import { requireOperator } from "../require-operator.ts";

export const command = defineCommand({
  kind: "review-rejection",
  input: z.strictObject({ id: z.string().min(1), reason: z.string().min(1).optional() }),
  async run(context, { id, reason }) {
    requireOperator(context, "What waits for review is the operator's to settle.");
    return { data: await rejectCandidate(await context.openWorld(), { id, ...(reason === undefined ? {} : { reason }) }) };
  },
  render: ({ id }, paint) => `${paint.green("✔")} ${id} is rejected; it does not come back.`,
});
