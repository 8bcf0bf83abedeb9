import { z } from "zod";
import { followLog, readLog } from "../../../app/read-log.ts";
import { wrapData } from "../../../contract/envelope.ts";
import type { Event } from "../../../contract/event.ts";
import { defineCommand } from "../command-row.ts";
import type { Paint } from "../show/paint.ts";
import { escapeControl, stripControl } from "../show/strip-control.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "events",
  input: z.strictObject({
    since: z.string().min(1).optional(),
    ticket: z.string().optional(),
    domain: z.string().optional(),
    follow: z.boolean().default(false),
  }),
  async run(context, { since, ticket, domain, follow }) {
    const world = await context.openWorld();
    const query = {
      ...(since === undefined ? {} : { since }),
      ...(ticket === undefined ? {} : { ticket }),
      ...(domain === undefined ? {} : { domain }),
    };
    const events = await readLog(world, query);
    if (!follow) return { data: events };
    // One envelope a line, so that a reader can take them as they come.
    const show = (event: Event) =>
      context.write(context.json ? `${escapeControl(JSON.stringify(wrapData("event", event)))}\n` : `${formatEvent(event)}\n`);
    for (const event of events) show(event);
    const last = events.at(-1)?.seq ?? (await readLog(world, {})).at(-1)?.seq ?? 0;
    await followLog(world, { ...query, after: last }, show);
    return { data: events, printed: true };
  },
  render(events, paint) {
    return events.length === 0 ? "Nothing in the log." : formatEvents(events, paint);
  },
});

export function formatEvents(
  events: readonly Pick<Event, "seq" | "at" | "kind" | "ticket" | "domain" | "actor" | "reason">[],
  paint: Paint,
): string {
  return formatTable(
    events.map(({ seq, at, kind, ticket, domain, actor, reason }) => [
      { painted: paint.dim(String(seq)) },
      { painted: paint.dim(at) },
      kind,
      ticket ?? domain ?? "",
      actor,
      reason,
    ]),
  );
}

function formatEvent(event: Event): string {
  const { seq, at, kind, ticket, domain, actor, reason } = event;
  return stripControl([seq, at, kind, ticket ?? domain ?? "-", actor, reason.replace(/\s+/g, " ")].join("  "));
}
