import { resolve } from "node:path";
import { z } from "zod";
import { recordCapabilities } from "../../../app/agents/keep-capabilities.ts";
import { type AgentLine, listAgents } from "../../../app/agents/list-agents.ts";
import { startAgents } from "../../../app/start-agents.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import { formatAgents } from "../show/format-agents.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "agents",
  input: z.strictObject({ runtime: z.array(z.string().min(1)).default([]), clients: z.array(z.string().min(1)).default([]) }),
  async run(context, { runtime, clients }): Promise<CommandResult<AgentLine[]>> {
    const world = await context.openWorld();
    const [{ listProbedDrivers }, { probeInThrowaway }] = await Promise.all([
      import("../../compose-agents.ts"),
      import("../../compose-probe.ts"),
    ]);
    const all = listProbedDrivers(world.workspace);
    refuseUnknown(
      runtime,
      all.map(({ driver }) => driver.name),
    );
    const drivers = all.filter(({ driver }) => runtime.length === 0 || runtime.includes(driver.name));
    const folders = clients.map((folder) => resolve(context.cwd, folder));
    const report = (text: string) => context.say(stripControl(text));
    const probe = () => probeInThrowaway({ drivers, folders, report, signal: context.signal });
    for (const probed of await startAgents(world, probe)) if (probed.kind === "seen") await recordCapabilities(world.store, probed.map);
    const lines = await listAgents(world, { drivers, path: process.env.PATH ?? "", folders });
    const data = lines.filter((line) => drivers.some(({ driver }) => driver.name === line.runtime));
    const there = data.filter(({ state }) => state !== "absent");
    // That a client is not able to play a role is what was asked; that it was not seen, or was not refused something, is a finding.
    const isSeen = there.length > 0 && there.every(({ state, open }) => state === "current" && open.length === 0);
    return { data, exit: isSeen ? exitCode.ok : exitCode.findings };
  },
  render: formatAgents,
});

function refuseUnknown(named: readonly string[], known: readonly string[]): void {
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new MosError({
    code: "no-such-runtime",
    message: `There is nothing to probe of a runtime ${unknown}.`,
    hint: `Probed are ${known.join(", ")}; others are named in mos.yaml under runtimes, with kind: acp.`,
    exit: exitCode.usage,
  });
}
