import { z } from "zod";
import { type GuardStatus, showGuards } from "../../../app/guard/guard-status.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "guards",
  input: z.strictObject({}),
  async run(context): Promise<{ data: GuardStatus[] }> {
    const { clientDrivers, findClient, findHookProgram } = await import("../../compose-clients.ts");
    const { workspace } = await context.openWorld();
    const places = { root: workspace.root, machineDir: "/etc", hook: findHookProgram(), node: process.execPath };
    return { data: await showGuards({ drivers: clientDrivers, find: findClient, places }) };
  },
  render(clients, paint) {
    const table = formatTable([
      ["CLIENT", "VERSION", "RUNS BY MOS", "YOUR SESSIONS", "INSTALLED"],
      ...clients.map(({ client, version, state, runs, sessions, installed }) => [
        client,
        version === undefined ? state : state === "refused" ? `${version} (refused)` : version,
        runs,
        sessions,
        installed.map((one) => `${one.scope} (${one.state})`).join(", ") || "–",
      ]),
    ]);
    const notes = clients.flatMap(({ client, reason, fix, state }) =>
      state === "absent"
        ? []
        : [`${client}: ${stripControl(reason)}${fix === undefined ? "" : `\n  ${paint.cyan("→")} ${stripControl(fix)}`}`],
    );
    return [table, ...notes].join("\n");
  },
});
