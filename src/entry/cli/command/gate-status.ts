import { z } from "zod";
import { showGate } from "../../../app/show-gate.ts";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "gate-status",
  input: z.strictObject({}),
  async run(context) {
    return { data: await showGate(await context.openWorld()) };
  },
  render({ lanes, slots }, paint) {
    const rows = lanes.map(({ lane, tip, paused, waiting, landing, lastReceipt }) => [
      { painted: paint.bold(lane) },
      tip?.slice(0, 10) ?? "(unborn)",
      paused === undefined ? "open" : `paused: ${paused.reason}`,
      landing === undefined ? "" : `landing ${landing}`,
      waiting.length === 0 ? "" : `waiting: ${waiting.join(", ")}`,
      lastReceipt === undefined ? "nothing landed yet" : `last: ${lastReceipt.tickets.join(", ")} ${lastReceipt.landedAt}`,
    ]);
    const taken = slots.map(({ id, owner, alive }) => [id, owner, alive ? "" : "(dead)"]);
    return `${formatTable(rows)}${taken.length === 0 ? "" : `\n\n${paint.bold("Slots in use")}\n${formatTable(taken)}`}`;
  },
});
