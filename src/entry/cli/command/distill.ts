import { z } from "zod";
import { distill } from "../../../app/distill.ts";
import { countOf } from "../../../core/text/count-of.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "distillation",
  input: z.strictObject({ domain: z.string().optional() }),
  async run(context, { domain }) {
    return { data: await distill(await context.openView(), domain === undefined ? {} : { domain }) };
  },
  render({ artifacts, candidates, routed, tickets }, paint) {
    if (artifacts === 0) return "Nothing new to distil.";
    const lines = [
      `${paint.green("✔")} ${countOf(artifacts, "artifact")}, ${countOf(candidates.length, "claim")}: ${routed.librarian} for the librarian, ${routed.review} to review`,
    ];
    if (tickets.length > 0) lines.push(`${paint.dim("Next:")} mos run ${paint.dim(`(${tickets.join(", ")})`)}`);
    if (routed.review > 0) lines.push(`${paint.dim("Next:")} mos review list`);
    return lines.join("\n");
  },
});
