import { z } from "zod";
import { startDaemon } from "../../daemon/control-daemon.ts";
import { defineCommand } from "../command-row.ts";
import { formatDaemon } from "../show/format-daemon.ts";

export const command = defineCommand({
  kind: "daemon",
  input: z.strictObject({}),
  async run(context) {
    return { data: await startDaemon(await context.openResident()) };
  },
  render: formatDaemon,
});
