import { z } from "zod";
import { listReview } from "../../../app/list-review.ts";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "review",
  input: z.strictObject({ domain: z.string().optional() }),
  async run(context, { domain }) {
    return { data: await listReview(await context.openView(), domain === undefined ? {} : { domain }) };
  },
  render(candidates, paint) {
    if (candidates.length === 0) return "Nothing waits for your word.";
    const rows = candidates.map(({ id, confidence, kind, target, claim, reason }) => [
      { painted: paint.bold(id) },
      confidence,
      kind,
      target,
      `${claim} (${reason})`,
    ]);
    return `${formatTable(rows)}\n${paint.dim("Next:")} mos review approve ID, or mos review reject ID`;
  },
});
