import { z } from "zod";
import { showGate } from "../../../app/show-gate.ts";
import { withholdGate } from "../../../app/withhold-sealed.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";
import { type Cell, formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "gate-status",
  input: z.strictObject({}),
  async run(context) {
    const world = await context.openWorld();
    const status = await showGate(world);
    return { data: context.callerIsAgent ? withholdGate(world.workspace, status) : status };
  },
  render({ lanes, gone, disk, slots }, paint) {
    const rows = lanes.map(({ lane, tip, paused, waiting, landing, lastReceipt, batch, window }) => [
      { painted: paint.bold(lane) },
      tip?.slice(0, 10) ?? "(unborn)",
      paused === undefined ? "open" : `paused: ${paused.reason}`,
      `batch ${batch}, window ${window}`,
      landing === undefined ? "" : `landing ${landing}`,
      waiting.length === 0 ? "" : `waiting: ${waiting.join(", ")}`,
      lastReceipt === undefined ? "nothing landed yet" : `last: ${lastReceipt.tickets.join(", ")} ${lastReceipt.landedAt}`,
    ]);
    const builds = lanes.flatMap(({ lane, activity }) =>
      (activity?.builds ?? []).map(({ kind, tickets, since }) => [
        lane,
        kind,
        tickets.join(", ") || "main alone",
        `on ${activity?.base.slice(0, 10)}`,
        `since ${since}`,
      ]),
    );
    const flaky = lanes.flatMap(({ lane, flaky: checks }) =>
      checks.map(({ check, count, lastAt, filed }) => [lane, check, `${count}`, `last ${lastAt}`, filed ?? ""]),
    );
    const left = gone.map(
      ({ reason, remedy }) => `${paint.red("✖")} ${stripControl(reason)}\n  ${paint.cyan("→")} ${stripControl(remedy)}`,
    );
    if (disk.full) {
      const text = `slots and setup outputs keep ${disk.keptMb} MB, over ${disk.limitMb} (limits.diskMb): no second slot is made until some of it is free`;
      left.push(
        `${paint.yellow("!")} ${text}\n  ${paint.cyan("→")} mos doctor --fix removes what nobody uses; or raise limits.diskMb in mos.yaml`,
      );
    }
    const taken = slots.map(({ id, owner, alive }) => [id, owner, alive ? "" : "(dead)"]);
    const part = (title: string, cells: Cell[][]) => (cells.length === 0 ? "" : `\n\n${paint.bold(title)}\n${formatTable(cells)}`);
    return `${[formatTable(rows), ...left].join("\n")}${part("Under test", builds)}${part("Flaky checks", flaky)}${part("Slots in use", taken)}`;
  },
});
