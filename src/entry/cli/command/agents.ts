import { z } from "zod";
import { type AgentLine, listAgents } from "../../../app/agents/list-agents.ts";
import { defineCommand } from "../command-row.ts";
import { formatAgents } from "../show/format-agents.ts";

export const command = defineCommand({
  kind: "agents",
  input: z.strictObject({}),
  async run(context): Promise<{ data: AgentLine[] }> {
    const [world, { listProbedDrivers }] = await Promise.all([context.openWorld(), import("../../compose-agents.ts")]);
    return { data: await listAgents(world, { drivers: listProbedDrivers(world.workspace), path: process.env.PATH ?? "", folders: [] }) };
  },
  render: formatAgents,
});
