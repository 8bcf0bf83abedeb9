import { z } from "zod";
import { stopDaemon } from "../../daemon/control-daemon.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "daemon-stopped",
  input: z.strictObject({}),
  async run(context) {
    return { data: await stopDaemon(await context.openResident()) };
  },
  render: ({ stopped, pid }) => (stopped ? `The resident process ${pid} has ended.` : "No resident process runs here."),
});
