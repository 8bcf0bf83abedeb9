import { z } from "zod";
import { pauseLane } from "../../../app/pause-lane.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "lane",
  input: z.strictObject({ lane: z.string().min(1), reason: z.string().min(1).default("paused by the operator") }),
  async run(context, { lane, reason }) {
    return { data: await pauseLane(await context.openWorld(), { lane, reason }) };
  },
  render: ({ id }, paint) => `${paint.yellow("‖")} Nothing lands in ${id}. Go on: mos lane resume ${id}`,
});
