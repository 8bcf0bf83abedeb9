import { resolve } from "node:path";
import { z } from "zod";
import { exportLog } from "../../../app/export-log.ts";
import { countOf } from "../../../core/text/count-of.ts";
import { defineCommand } from "../command-row.ts";
import { requireOperator } from "../require-operator.ts";

export const command = defineCommand({
  kind: "log-export",
  input: z.strictObject({ file: z.string().min(1) }),
  async run(context, { file }) {
    // It names sealed domains; a part of it is no chain.
    requireOperator(context, "The whole log holds sealed domains too: it is the operator's to copy.");
    return { data: await exportLog(await context.openWorld(), { file: resolve(context.cwd, file) }) };
  },
  render: ({ file, events, head }, paint) =>
    `${paint.green("✔")} ${countOf(events, "event")} in ${file}, whose head is ${head.slice(0, 12)}.\n${paint.dim("To verify it elsewhere:")} mos log verify --log FILE --repo COPY`,
});
