import { z } from "zod";
import { Instant } from "../../contract/id.ts";
import type { StoreReader, StoreWriter } from "../../port/store.ts";

/** A ticket whose provider is over its limit: not before `until`. Nothing is wrong with its work. */
export const ProviderWait = z.strictObject({
  until: Instant,
  /** How often in a row. */
  times: z.int().min(1),
  reason: z.string(),
});
export type ProviderWait = z.infer<typeof ProviderWait>;

const firstMs = 15_000;
const mostMs = 15 * 60_000;
/** What a provider asks for is believed up to here; what a clock that was set back makes longer is not. */
const believedMs = 24 * 3_600_000;
const leastMs = 250;

/** How long until the next attempt: as long as the provider says, else twice as long each time, up to a quarter of an hour. */
export function planWait(args: {
  now: string;
  retryAfterMs?: number | undefined;
  previous?: ProviderWait | undefined;
  reason: string;
}): ProviderWait {
  const times = (args.previous?.times ?? 0) + 1;
  const asked = args.retryAfterMs ?? Math.min(mostMs, firstMs * 2 ** Math.min(times - 1, 10));
  const waitMs = Math.min(believedMs, Math.max(leastMs, asked));
  return { until: new Date(Date.parse(args.now) + waitMs).toISOString(), times, reason: args.reason.slice(0, 500) };
}

/** Milliseconds until it may be tried again; 0 where nothing is to be waited for. */
export function leftOfWait(wait: ProviderWait | undefined, now: string): number {
  if (!wait) return 0;
  const left = Date.parse(wait.until) - Date.parse(now);
  return left > believedMs ? 0 : Math.max(0, left);
}

const keyOf = (ticket: string) => `wait:${ticket}`;

/** What cannot be read is nothing to wait for. */
export async function readWait(tx: StoreReader, ticket: string): Promise<ProviderWait | undefined> {
  return ProviderWait.safeParse((await tx.notes.get(keyOf(ticket)))?.value).data;
}

/** Puts the ticket off, with an event: longer each time in a row. Its state stays as it is. */
export async function putOff(
  tx: StoreWriter,
  args: {
    ticket: { id: string; domain: string };
    /** What its provider said; it may be asked again after `retryAfterMs`. */
    said: { message: string; retryAfterMs?: number | undefined };
    now: string;
    actor: string;
  },
): Promise<void> {
  const { ticket, said, now, actor } = args;
  const wait = planWait({ now, retryAfterMs: said.retryAfterMs, previous: await readWait(tx, ticket.id), reason: said.message });
  await tx.notes.put({ id: keyOf(ticket.id), value: wait });
  const { until, times } = wait;
  const reason = `its provider is over its limit: not before ${until}. ${wait.reason}`.slice(0, 500);
  await tx.append({ kind: "ticket.waits", domain: ticket.domain, ticket: ticket.id, actor, reason, data: { until, times } });
}

export async function endWait(tx: StoreWriter, ticket: string): Promise<void> {
  if (await tx.notes.get(keyOf(ticket))) await tx.notes.remove(keyOf(ticket));
}
