import { createHash } from "node:crypto";
import { MosError } from "../../contract/error.ts";
import { Event, EventInput, type LogVerification } from "../../contract/event.ts";
import { eventText, genesisHash } from "../../core/log/event-hash.ts";
import { type ChainState, chainStart, concludeChain, followChain } from "../../core/log/verify-chain.ts";
import type { Clock } from "../../port/clock.ts";
import type { StoreReader } from "../../port/store.ts";
import { plainText } from "./rows.ts";
import type { EventTable } from "./schema.ts";
import { recordInvalid, storeCorrupt } from "./store-error.ts";
import type { TransactionScope } from "./transaction-scope.ts";

const pageSize = 500;

/** The next line of the chained log, in the caller's transaction (I8). */
export async function appendEvent(scope: TransactionScope, clock: Clock, input: EventInput): Promise<Event> {
  return scope.query(async () => {
    const head = await readHead(scope);
    const line = makeLine({ seq: head.seq + 1, at: clock.now(), prev: head.head }, input);
    const body = eventText(line);
    const event: Event = { ...line, hash: sha256(body) };
    await scope.db
      .insertInto("events")
      .values({
        seq: event.seq,
        kind: event.kind,
        domain: plainText(event.domain),
        ticket: plainText(event.ticket),
        body,
        hash: event.hash,
      })
      .execute();
    const end = { seq: event.seq, hash: event.hash };
    await scope.db
      .insertInto("log_head")
      .values({ id: 1, ...end })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(end))
      .execute();
    return event;
  });
}

export async function listEvents(scope: TransactionScope, where: Parameters<StoreReader["events"]>[0] = {}): Promise<Event[]> {
  return scope.query(async () => {
    let select = scope.db.selectFrom("events").selectAll().orderBy("seq");
    if (where.since !== undefined) select = select.where("seq", ">", where.since);
    if (where.ticket !== undefined) select = select.where("ticket", "=", where.ticket);
    if (where.domain !== undefined) select = select.where("domain", "=", where.domain);
    if (where.kind !== undefined) select = select.where("kind", "=", where.kind);
    if (where.limit !== undefined) select = select.limit(where.limit);
    return (await select.execute()).map((row) => parseEvent(scope.file, row));
  });
}

export async function readLastEvent(scope: TransactionScope): Promise<Event | undefined> {
  return scope.query(async () => {
    const row = await scope.db.selectFrom("events").selectAll().orderBy("seq", "desc").limit(1).executeTakeFirst();
    return row && parseEvent(scope.file, row);
  });
}

export async function readLogHead(scope: TransactionScope): Promise<string> {
  return scope.query(async () => (await readHead(scope)).head);
}

/**
 * Walks the chain in pages from `start`, giving way to the rest of the process between them. A damaged file is a broken
 * chain.
 */
export async function verifyEvents(scope: TransactionScope, start: ChainState = chainStart): Promise<LogVerification> {
  let walk: Walk = { state: start };
  try {
    const recorded = await scope.query(() => readHead(scope));
    if (!(await standsInLog(scope, start))) return { ok: false, events: await countEvents(scope), brokenAt: start.seq, head: genesisHash };
    for (let after: number | undefined = start.seq === 0 ? Number.MIN_SAFE_INTEGER : start.seq; after !== undefined; ) {
      const page = await readPage(scope, after);
      walk = walkPage(walk.state, page);
      after = walk.brokenAt === undefined ? page.at(-1)?.seq : undefined;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return concludeChain({ ...walk, events: await countEvents(scope), recorded });
  } catch (error) {
    if (!(error instanceof MosError) || error.code !== "store-corrupt") throw error;
    const { seq, head } = walk.state;
    return { ok: false, events: seq, brokenAt: seq + 1, head };
  }
}

async function standsInLog(scope: TransactionScope, { seq, head }: ChainState): Promise<boolean> {
  if (seq === 0) return head === genesisHash;
  const row = await scope.query(() => scope.db.selectFrom("events").select("hash").where("seq", "=", seq).executeTakeFirst());
  return row?.hash === head;
}

interface Walk {
  readonly state: ChainState;
  readonly brokenAt?: number;
}

function readPage(scope: TransactionScope, after: number): Promise<EventTable[]> {
  return scope.query(() => scope.db.selectFrom("events").selectAll().where("seq", ">", after).orderBy("seq").limit(pageSize).execute());
}

function walkPage(start: ChainState, page: readonly EventTable[]): Walk {
  let state = start;
  for (const row of page) {
    const event = readEvent(row);
    if (!event) return { state, brokenAt: state.seq + 1 };
    const step = followChain(state, event, sha256);
    if (step.kind === "broken") return { state, brokenAt: step.at };
    state = step.state;
  }
  return { state };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

async function readHead(scope: TransactionScope): Promise<ChainState> {
  const row = await scope.db.selectFrom("log_head").select(["seq", "hash"]).where("id", "=", 1).executeTakeFirst();
  return row ? { seq: row.seq, head: row.hash } : chainStart;
}

async function countEvents(scope: TransactionScope): Promise<number> {
  const row = await scope.query(() =>
    scope.db
      .selectFrom("events")
      .select((of) => of.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow(),
  );
  return Number(row.count);
}

const Line = Event.omit({ hash: true });

/** As it will be read back, so that the event that is returned is the event that is stored. */
function makeLine(place: { seq: number; at: string; prev: string }, input: EventInput): Omit<Event, "hash"> {
  try {
    return Line.parse(JSON.parse(JSON.stringify({ ...place, ...EventInput.parse(input) })));
  } catch (error) {
    throw recordInvalid(`an event ${JSON.stringify(input.kind)}`, error);
  }
}

function parseEvent(file: string, row: EventTable): Event {
  const event = readEvent(row);
  if (event) return event;
  throw storeCorrupt({ file, detail: `the row ${row.seq} of the table events does not fit its own columns, or is no event` });
}

/** `undefined` where the row is no event, or its columns say something else than its body. */
function readEvent(row: EventTable): Event | undefined {
  let body: unknown;
  try {
    body = JSON.parse(row.body);
  } catch {
    return undefined;
  }
  const parsed = Event.safeParse({ ...(body as object), hash: row.hash });
  if (!parsed.success) return undefined;
  const event = parsed.data;
  const fits = event.seq === row.seq && event.kind === row.kind && same(event.domain, row.domain) && same(event.ticket, row.ticket);
  return fits ? event : undefined;
}

function same(inBody: string | undefined, inColumn: string | null): boolean {
  return (inBody ?? null) === inColumn;
}
