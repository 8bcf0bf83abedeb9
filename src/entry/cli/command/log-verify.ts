import { z } from "zod";
import { verifyLog } from "../../../app/verify-log.ts";
import { exitCode } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "log-verification",
  input: z.strictObject({}),
  async run(context) {
    const data = await verifyLog(await context.openWorld());
    return { data, exit: data.ok ? exitCode.ok : exitCode.failure };
  },
  render({ ok, events, receipts, brokenAt, head, lostHeads, unread }, paint) {
    const lines = [
      ok ? `${paint.green("✔")} ${events} events, one chain, and ${receipts} receipts that agree; its head is ${head.slice(0, 12)}.` : "",
      brokenAt === undefined ? "" : `${paint.red("✖")} The chain of ${events} events is broken at event ${brokenAt}.`,
      ...lostHeads.map(
        ({ lane, receipt }) => `${paint.red("✖")} ${lane}: the receipt of ${receipt.slice(0, 12)} names a log that this is not.`,
      ),
      ...unread.map(({ lane, reason }) => `${paint.yellow("!")} ${lane}: its receipts cannot be read: ${stripControl(reason)}`),
      ok ? "" : `${paint.cyan("→")} Something other than mos wrote to the store: restore .mos/store.db from a backup, then run mos doctor.`,
    ];
    return lines.filter((line) => line !== "").join("\n");
  },
});
