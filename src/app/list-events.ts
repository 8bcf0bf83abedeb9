import type { Event } from "../contract/event.ts";
import { parseSince } from "../core/log/parse-since.ts";
import { getTicket } from "../core/ticket/apply-transition.ts";
import { isOfOpenDomain } from "../core/workspace/is-of-open-domain.ts";
import type { World } from "../port/world.ts";
import { refuseSealedTicket } from "./narrow-world.ts";

export interface EventQuery {
  /** An age, a moment or an event's number: see `parseSince`. */
  readonly since?: string | undefined;
  readonly ticket?: string | undefined;
  /** The operator's own terminal asks: the log of sealed domains is shown as well. */
  readonly operator: boolean;
}

const followMs = 300;

/**
 * The log, oldest first (`mos log`). What belongs to a sealed domain, or to one that mos.yaml does not name, is left out
 * unless the operator asks. Throws `since-invalid` (exit 2), `ticket-not-found` (exit 3), `domain-sealed`.
 */
export async function listEvents(world: World, query: EventQuery): Promise<Event[]> {
  if (query.ticket !== undefined && !query.operator) refuseSealedTicket(world, query.ticket);
  const since = query.since === undefined ? undefined : parseSince(query.since, world.clock.now());
  const events = await world.store.read(async (tx) => {
    if (query.ticket !== undefined) await getTicket(tx, query.ticket);
    return tx.events({
      ...(since?.kind === "number" ? { since: since.seq } : {}),
      ...(query.ticket === undefined ? {} : { ticket: query.ticket }),
    });
  });
  const recent = since?.kind === "moment" ? events.filter((event) => Date.parse(event.at) >= since.ms) : events;
  return recent.filter((event) => maySee(world, event, query));
}

/** The same, and then each event as it is written, until the world's signal ends it. */
export async function* followEvents(world: World, query: EventQuery): AsyncGenerator<Event> {
  let seq = await world.store.read(async (tx) => (await tx.events()).at(-1)?.seq ?? 0);
  for (const event of await listEvents(world, query)) {
    if (event.seq <= seq) yield event;
  }
  while (!world.signal.aborted) {
    const after = seq;
    const events = await world.store.read((tx) => tx.events({ since: after, limit: 1000 }));
    for (const event of events) {
      seq = event.seq;
      if ((query.ticket === undefined || event.ticket === query.ticket) && maySee(world, event, query)) yield event;
    }
    if (events.length === 0) await world.clock.sleep(followMs, world.signal).catch(() => undefined);
  }
}

function maySee(world: World, event: Event, { operator }: EventQuery): boolean {
  return operator || isOfOpenDomain(world.workspace, event);
}
