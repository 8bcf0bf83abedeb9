import { z } from "zod";
import { type StopArgs, type Stopped, stopAll, stopUnread } from "../../../app/stop-all.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { countOf } from "../../../core/text/count-of.ts";
import { stopDaemon } from "../../daemon/control-daemon.ts";
import { readDaemonFile } from "../../daemon/run-files.ts";
import type { CommandContext } from "../command-context.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "stopped",
  input: z.strictObject({ all: z.boolean().default(false), wait: z.coerce.number().min(0).max(3600).default(15) }),
  async run(context, { all, wait }) {
    if (!all) {
      const hint = "Stop everything with mos stop --all, or one lane with mos lane pause LANE.";
      throw new MosError({ code: "usage", message: "mos stop needs --all.", hint, exit: exitCode.usage });
    }
    const resident = await context.openResident();
    const file = readDaemonFile(resident.stateDir);
    const daemon = file !== undefined && resident.isProcessAlive(file);
    const args = { graceMs: wait * 1000, ...(daemon ? { also: [{ pid: file.pid, process: file.process }] } : {}) };
    const stopped = await stopEverything(context, args);
    // Its address goes too.
    await stopDaemon(resident);
    return { data: { ...stopped, daemon }, exit: stopped.left.length > 0 ? exitCode.failure : exitCode.ok };
  },
  render: ({ lanes, workers, ended, landed, dropped, left, daemon }, paint) =>
    [
      `${paint.yellow("‖")} ${countOf(lanes.length, "lane is", "lanes are")} paused, ${countOf(workers.length, "worker has", "workers have")} stopped${daemon ? ", the resident process among them" : ""}.`,
      ...(ended.length === 0
        ? []
        : [`${paint.yellow("!")} ${ended.join(", ")} did not react and was ended, with all that it had started.`]),
      ...(landed.length === 0 ? [] : [`${paint.green("✔")} ${landed.join(", ")} had landed: on record now.`]),
      ...(dropped.length === 0 ? [] : [`${paint.yellow("‖")} ${dropped.join(", ")} had not landed and will when its lane goes on.`]),
      ...left.map(({ worker, reason }) => `${paint.red("✖")} ${worker} is still there: ${reason}`),
      "Go on: mos lane resume --all, then mos run",
    ].join("\n"),
});

/** Also where mos.yaml cannot be read: what runs was started when it could. */
async function stopEverything(context: CommandContext, args: Omit<StopArgs, "processes">): Promise<Stopped> {
  const opened = await context.openWorkspace().catch((error: unknown) => {
    if (error instanceof MosError && error.code.startsWith("config-")) return error;
    throw error;
  });
  if (!(opened instanceof MosError)) return stopAll(opened.world, { ...args, processes: opened.processes });
  const { composeStop } = await import("../../compose.ts");
  const { workspace, cwd, signal } = context;
  const bare = await composeStop({ start: workspace ?? cwd, exact: workspace !== undefined, report: () => {}, signal });
  try {
    return await stopUnread(bare.world, { ...args, processes: bare.processes, problem: opened.message });
  } finally {
    await bare.close();
  }
}
