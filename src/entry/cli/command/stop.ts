import { z } from "zod";
import { stopAll } from "../../../app/stop-all.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { stopDaemon } from "../../daemon/control-daemon.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "stopped",
  input: z.strictObject({ all: z.boolean().default(false) }),
  async run(context, { all }) {
    if (!all) {
      const hint = "Stop everything with mos stop --all, or one lane with mos lane pause LANE.";
      throw new MosError({ code: "usage", message: "mos stop needs --all.", hint, exit: exitCode.usage });
    }
    const { world, interrupt } = await context.openWorkspace();
    const stopped = await stopAll(world, { interrupt });
    const { stopped: daemon } = await stopDaemon(await context.openResident());
    return { data: { ...stopped, daemon } };
  },
  render: ({ lanes, workers, daemon }, paint) =>
    `${paint.yellow("‖")} ${lanes.length} lanes are paused and ${workers.length} workers were asked to stop${daemon ? "; the resident process has ended" : ""}. Go on: mos lane resume --all, then mos run`,
});
