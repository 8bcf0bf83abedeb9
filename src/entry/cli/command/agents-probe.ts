import { resolve } from "node:path";
import { z } from "zod";
import { recordCapabilities } from "../../../app/agents/keep-capabilities.ts";
import { type AgentLine, listAgents } from "../../../app/agents/list-agents.ts";
import { exitCode } from "../../../contract/error.ts";
import { clientNames } from "../../../port/agent-client.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import { formatAgents } from "../show/format-agents.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "agents",
  input: z.strictObject({ runtime: z.array(z.enum(clientNames)).default([]), clients: z.array(z.string().min(1)).default([]) }),
  async run(context, { runtime, clients }): Promise<CommandResult<AgentLine[]>> {
    const world = await context.openWorld();
    const [{ clientDrivers }, { probeInThrowaway }] = await Promise.all([
      import("../../compose-clients.ts"),
      import("../../compose-probe.ts"),
    ]);
    const folders = clients.map((folder) => resolve(context.cwd, folder));
    const report = (text: string) => context.say(stripControl(text));
    const probed = await probeInThrowaway({ runtimes: runtime, folders, report, signal: context.signal });
    for (const one of probed) {
      if (one.kind === "seen") await recordCapabilities(world.store, one.map);
    }
    const path = process.env.PATH ?? "";
    const drivers = clientDrivers.filter(({ name }) => runtime.length === 0 || runtime.includes(name));
    const lines = await listAgents(world, { drivers, find: (driver) => driver.find({ path, folders }) });
    const data = lines.filter(({ runtime }) => drivers.some(({ name }) => name === runtime));
    const there = data.filter(({ state }) => state !== "absent");
    // That a client is not able to play a role is what was asked; that it was not seen, or was not refused something, is a finding.
    const isSeen = there.length > 0 && there.every(({ state, open }) => state === "current" && open.length === 0);
    return { data, exit: isSeen ? exitCode.ok : exitCode.findings };
  },
  render: formatAgents,
});
