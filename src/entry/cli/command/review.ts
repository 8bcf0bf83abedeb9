import { z } from "zod";
import { listReview } from "../../../app/list-review.ts";
import { defineCommand } from "../command-row.ts";
import { requireOperator } from "../require-operator.ts";
import { reviewInTurn } from "../review-terminal.ts";

export const command = defineCommand({
  kind: "review-session",
  input: z.strictObject({ domain: z.string().optional() }),
  async run(context, { domain }) {
    // An answer that a session relays never releases review.
    requireOperator(context, "Review is the operator's own; mos review list shows what waits.");
    const world = await context.openWorld();
    const waiting = await listReview(world, domain === undefined ? {} : { domain });
    return { data: await reviewInTurn(context, world, waiting) };
  },
  render({ approved, released, rejected, left }, paint) {
    if (approved.length + released.length + rejected.length + left === 0) return "Nothing waits for your word.";
    const done = `${approved.length} approved, ${released.length} released for all domains, ${rejected.length} rejected, ${left} left.`;
    return approved.length + released.length === 0 ? done : `${done} ${paint.dim("Next:")} mos run`;
  },
});
