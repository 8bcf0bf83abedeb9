import { z } from "zod";
import { type AgentLine, listAgents } from "../../../app/agents/list-agents.ts";
import { defineCommand } from "../command-row.ts";
import { formatAgents } from "../show/format-agents.ts";

export const command = defineCommand({
  kind: "agents",
  input: z.strictObject({}),
  async run(context): Promise<{ data: AgentLine[] }> {
    const { clientDrivers, findClient } = await import("../../compose-clients.ts");
    return { data: await listAgents(await context.openWorld(), { drivers: clientDrivers, find: findClient }) };
  },
  render: formatAgents,
});
