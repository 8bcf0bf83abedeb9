import { z } from "zod";
import { type CostSum, showStatus } from "../../../app/show-status.ts";
import { showUsd } from "../../../core/run/count-left.ts";
import { countOf } from "../../../core/text/count-of.ts";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "status",
  // The line is printed by main.ts, before any command is loaded; with --json it is as without it.
  input: z.strictObject({ line: z.boolean().default(false) }),
  async run(context) {
    return { data: await showStatus(await context.openWorld(), { operator: !context.callerIsAgent }) };
  },
  render(status, paint) {
    const domains = status.domains.map(({ name, grade, tickets, paused }) => {
      const open = tickets.draft + tickets.ready + tickets.in_progress + tickets.verifying;
      const note = paused.map(({ lane, reason }) => `${lane} paused: ${reason}`).join("; ");
      return [{ painted: paint.bold(name) }, grade ?? "-", `${open} open`, `${tickets.blocked} blocked`, `${tickets.merged} merged`, note];
    });
    const running = status.running.map(({ ticket, title, alive }) => [
      ticket,
      title,
      alive ? "" : "(its worker died; the next run takes over)",
    ]);
    const queue = status.queue.map(({ ticket, title }) => [ticket, title]);
    const doctor = status.doctor;
    return [
      formatTable(domains),
      running.length === 0 ? "" : `\n${paint.bold("Running")}\n${formatTable(running)}`,
      queue.length === 0 ? "" : `\n${paint.bold("Ready")}\n${formatTable(queue)}`,
      "",
      [
        `${status.questions} open questions`,
        `${status.review} claims to review`,
        `${status.cost.modelCalls} model calls`,
        ...(status.cost.today.runs === 0 ? [] : [sayCost(status.cost.today)]),
        doctor === undefined ? "doctor: not yet" : `doctor: ${doctor.grade} (${doctor.passed}/${doctor.total}) at ${doctor.at}`,
      ].join(paint.dim(" · ")),
    ]
      .filter((part, at) => part !== "" || at === 3)
      .join("\n");
  },
});

function sayCost({ runs, tokens, usd }: CostSum): string {
  const cost = usd === undefined ? "cost not known: mos.yaml has no price" : `an estimated ${showUsd(usd)}`;
  return `today: ${countOf(runs, "run")}, ${tokens} tokens, ${cost}`;
}
