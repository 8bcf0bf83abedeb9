import { resolve } from "node:path";
import { z } from "zod";
import { exportLog } from "../../../app/export-log.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "log-export",
  input: z.strictObject({ file: z.string().min(1) }),
  async run(context, { file }) {
    if (context.callerIsAgent) throw notForAgents();
    return { data: await exportLog(await context.openWorld(), { file: resolve(context.cwd, file) }) };
  },
  render: ({ file, events, head }, paint) =>
    `${paint.green("✔")} ${events} events in ${file}, whose head is ${head.slice(0, 12)}.\n${paint.dim("To verify it elsewhere:")} mos log verify --log FILE --repo COPY`,
});

/** The whole log names sealed domains; a part of it is no chain. */
function notForAgents(): MosError {
  return new MosError({
    code: "operator-only",
    message: "The whole log holds sealed domains too: it is the operator's to copy.",
    hint: "Run it in your own terminal.",
    exit: exitCode.failure,
  });
}
