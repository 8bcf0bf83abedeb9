import { z } from "zod";
import { exitCode } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "log-verification",
  input: z.strictObject({}),
  async run(context) {
    const data = await (await context.openWorld()).store.verifyLog();
    return { data, exit: data.ok ? exitCode.ok : exitCode.failure };
  },
  render: ({ ok, events, brokenAt, head }, paint) =>
    ok
      ? `${paint.green("✔")} ${events} events, one chain; its head is ${head.slice(0, 12)}.`
      : `${paint.red("✖")} The chain of ${events} events is broken at event ${brokenAt ?? "?"}. Something other than mos wrote to the store: restore it from a backup, then look at \`mos doctor\`.`,
});
