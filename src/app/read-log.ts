import { exitCode, MosError } from "../contract/error.ts";
import type { Event } from "../contract/event.ts";
import type { World } from "../port/world.ts";

export interface LogQuery {
  /** A sequence number (what comes after it), a date or moment, or an age: `30m`, `12h`, `7d`. */
  readonly since?: string;
  readonly ticket?: string;
  readonly domain?: string;
}

/** Events, oldest first. Throws `usage` for a `since` that is none of the three. */
export async function readLog(world: World, query: LogQuery): Promise<Event[]> {
  const from = parseSince(query.since, world.clock.now());
  const where = {
    ...(from.seq === undefined ? {} : { since: from.seq }),
    ...(query.ticket === undefined ? {} : { ticket: query.ticket }),
    ...(query.domain === undefined ? {} : { domain: query.domain }),
  };
  const events = await world.store.read((tx) => tx.events(where));
  const at = from.at;
  return at === undefined ? events : events.filter((event) => event.at >= at);
}

const pollMs = 300;

/** Hands each new event to `show` until the world's signal aborts; that is its normal end. */
export async function followLog(world: World, query: LogQuery & { after: number }, show: (event: Event) => void): Promise<void> {
  let { after } = query;
  while (!world.signal.aborted) {
    const { since: _, ...where } = query;
    for (const event of await readLog(world, { ...where, since: String(after) })) {
      show(event);
      after = event.seq;
    }
    await world.clock.sleep(pollMs, world.signal).catch(() => undefined);
  }
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function parseSince(since: string | undefined, now: string): { seq?: number; at?: string } {
  if (since === undefined) return {};
  if (/^[0-9]{1,15}$/.test(since)) return { seq: Number(since) };
  const age = /^([0-9]{1,6})([smhd])$/.exec(since);
  if (age !== null) return { at: new Date(Date.parse(now) - Number(age[1]) * unitMs[age[2] as keyof typeof unitMs]).toISOString() };
  const moment = Date.parse(since);
  if (Number.isFinite(moment)) return { at: new Date(moment).toISOString() };
  throw new MosError({
    code: "usage",
    message: `'${since}' is no point in the log.`,
    hint: "Give a sequence number (120), a date (2026-11-01), a moment, or an age (30m, 12h, 7d).",
    exit: exitCode.usage,
  });
}
