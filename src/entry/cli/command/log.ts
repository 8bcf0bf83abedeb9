import { z } from "zod";
import { followEvents, listEvents } from "../../../app/list-events.ts";
import { wrapData } from "../../../contract/envelope.ts";
import type { Event } from "../../../contract/event.ts";
import { defineCommand } from "../command-row.ts";
import { escapeControl, stripControl } from "../show/strip-control.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "events",
  input: z.strictObject({ since: z.string().min(1).optional(), ticket: z.string().optional(), follow: z.boolean().default(false) }),
  async run(context, { since, ticket, follow }) {
    const world = await context.openWorld();
    const query = { since, ticket, operator: !context.callerIsAgent };
    if (!follow) return { data: await listEvents(world, query) };
    for await (const event of followEvents(world, query)) {
      // One envelope a line, so that a reader can take them as they come.
      context.write(context.json ? `${escapeControl(JSON.stringify(wrapData("event", event)))}\n` : `${formatEvent(event)}\n`);
    }
    return { data: [], printed: true };
  },
  render(events, paint) {
    if (events.length === 0) return "Nothing in the log.";
    const rows = events.map(({ seq, at, kind, ticket, domain, actor, reason }) => [
      { painted: paint.dim(String(seq)) },
      { painted: paint.dim(at) },
      kind,
      ticket ?? domain ?? "",
      actor,
      reason,
    ]);
    return formatTable(rows);
  },
});

function formatEvent({ seq, at, kind, ticket, domain, actor, reason }: Event): string {
  return stripControl([seq, at, kind, ticket ?? domain ?? "-", actor, reason].join("  ").replace(/\n/g, " "));
}
