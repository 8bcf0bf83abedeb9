import { z } from "zod";
import { listLanes } from "../../../app/find-lane.ts";
import { resumeLane } from "../../../app/pause-lane.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";
import { requireOperator } from "../require-operator.ts";

export const command = defineCommand({
  kind: "lanes",
  input: z.strictObject({ lane: z.string().min(1).optional(), all: z.boolean().default(false) }),
  async run(context, { lane, all }) {
    if ((lane === undefined) === !all) {
      const hint = "Give one: mos lane resume music, or mos lane resume --all after mos stop --all.";
      throw new MosError({ code: "usage", message: "Which lane?", hint, exit: exitCode.usage });
    }
    requireOperator(context, "What was paused or stopped goes on by the operator's word alone.");
    const world = await context.openWorld();
    const lanes = lane === undefined ? listLanes(world).map((repo) => repo.lane) : [lane];
    const data = [];
    for (const each of lanes) data.push(await resumeLane(world, { lane: each }));
    return { data };
  },
  render: (lanes, paint) => `${paint.green("✔")} Landings go on in ${lanes.map(({ id }) => id).join(", ")}. Next: mos run`,
});
