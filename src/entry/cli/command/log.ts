import { z } from "zod";
import { followTicket, type TicketNews } from "../../../app/agents/follow-ticket.ts";
import { followEvents, listEvents } from "../../../app/list-events.ts";
import { wrapData } from "../../../contract/envelope.ts";
import type { Event } from "../../../contract/event.ts";
import { defineCommand } from "../command-row.ts";
import { formatRunWord } from "../show/format-run-word.ts";
import { escapeControl, stripControl } from "../show/strip-control.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "events",
  input: z.strictObject({ since: z.string().min(1).optional(), ticket: z.string().optional(), follow: z.boolean().default(false) }),
  async run(context, { since, ticket, follow }) {
    const world = await context.openWorld();
    const query = { since, ticket, operator: !context.callerIsAgent };
    if (!follow) return { data: await listEvents(world, query) };
    const news = ticket === undefined ? tagEvents(followEvents(world, query)) : followTicket(world, { ...query, ticket });
    for await (const one of news) {
      const [kind, value, text] =
        one.kind === "event" ? ["event", one.event, formatEvent(one.event)] : ["run-word", one.word, formatRunWord(one.word)];
      // One envelope a line, so that a reader can take them as they come.
      context.write(context.json ? `${escapeControl(JSON.stringify(wrapData(kind, value)))}\n` : `${text}\n`);
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

async function* tagEvents(events: AsyncGenerator<Event>): AsyncGenerator<TicketNews> {
  for await (const event of events) yield { kind: "event", event };
}
