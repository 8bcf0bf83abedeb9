import { z } from "zod";
import { runTickets } from "../../../app/run-tickets.ts";
import { exitCode } from "../../../contract/error.ts";
import { listOpenDomains } from "../../../core/workspace/list-open-domains.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "run",
  input: z.strictObject({ maxParallel: z.coerce.number().int().min(1).max(64).optional(), ticket: z.array(z.string()).optional() }),
  async run(context, { maxParallel, ticket }) {
    const { world, diagnose } = await context.openWorkspace();
    const data = await runTickets(world, {
      diagnose,
      ...(maxParallel === undefined ? {} : { maxParallel }),
      ...(ticket === undefined ? {} : { tickets: ticket }),
      ...(context.callerIsAgent ? { domains: listOpenDomains(world.workspace).map(({ name }) => name) } : {}),
    });
    const waits = data.blocked.length + data.waiting.length + data.paused.length + data.held.length > 0;
    return { data, exit: waits ? exitCode.findings : exitCode.ok };
  },
  render({ merged, blocked, waiting, paused, held, builds, wallMs }, paint) {
    const lines = [
      merged.length === 0 ? "Nothing landed." : `${paint.green("✔")} landed ${merged.join(", ")}`,
      ...(blocked.length === 0
        ? []
        : [`${paint.yellow("‖")} blocked ${blocked.join(", ")} ${paint.dim(`(mos ticket show ${blocked[0]})`)}`]),
      ...waiting.map(
        ({ ticket, until, reason }) => `${paint.yellow("‖")} ${ticket} waits for its provider until ${until}: ${stripControl(reason)}`,
      ),
      ...paused.map(({ lane, reason }) => `${paint.yellow("‖")} ${lane} is paused: ${stripControl(reason)}`),
      ...held.flatMap(({ id, domain, reason, fix }) => [
        `${paint.yellow("!")} ${domain ?? "the workspace"} is held by the doctor's check ${id}: ${stripControl(reason)}`,
        `  ${paint.cyan("→")} ${stripControl(fix)}`,
      ]),
      paint.dim(`${builds} builds in ${(wallMs / 1000).toFixed(1)} s`),
    ];
    return lines.join("\n");
  },
});
