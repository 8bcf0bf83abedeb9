import type { Event } from "../../contract/event.ts";
import type { World } from "../../port/world.ts";
import { type EventQuery, followEvents } from "../list-events.ts";
import { attachRun, type RunWord } from "./attach-run.ts";

/** What happens to a ticket, and what is said in the runs that work on it. */
export type TicketNews = { readonly kind: "event"; readonly event: Event } | { readonly kind: "word"; readonly word: RunWord };

/**
 * A ticket's events as `followEvents` gives them, and between them the words of each run from its start on. Ends with the
 * world's signal. Throws as `followEvents` does.
 */
export async function* followTicket(world: World, query: EventQuery & { readonly ticket: string }): AsyncGenerator<TicketNews> {
  const sources: AsyncGenerator<TicketNews>[] = [tagEvents(followEvents(world, query))];
  const next = new Map(sources.map((source) => [source, advance(source)]));
  try {
    while (next.size > 0) {
      const { source, result } = await Promise.race(next.values());
      if (result.done) {
        next.delete(source);
        continue;
      }
      yield result.value;
      next.set(source, advance(source));
      const run = startedRun(result.value);
      // A run that ended before it was followed is read by mos attach.
      if (run !== undefined && (await isRunning(world, run))) {
        const words = tagWords(attachRun(world, { id: run, operator: query.operator }));
        next.set(words, advance(words));
      }
    }
  } finally {
    for (const source of next.keys()) void source.return(undefined).catch(() => undefined);
  }
}

async function advance(source: AsyncGenerator<TicketNews>) {
  return { source, result: await source.next() };
}

function startedRun(news: TicketNews): string | undefined {
  if (news.kind !== "event" || news.event.kind !== "run.started") return undefined;
  const { run } = news.event.data;
  return typeof run === "string" ? run : undefined;
}

function isRunning(world: World, run: string): Promise<boolean> {
  return world.store.read(async (tx) => (await tx.agentRuns.get(run))?.state === "running");
}

async function* tagEvents(events: AsyncGenerator<Event>): AsyncGenerator<TicketNews> {
  for await (const event of events) yield { kind: "event", event };
}

async function* tagWords(words: AsyncGenerator<RunWord>): AsyncGenerator<TicketNews> {
  for await (const word of words) yield { kind: "word", word };
}
