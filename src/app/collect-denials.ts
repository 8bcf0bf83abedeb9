import { constants, lstatSync } from "node:fs";
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { EventInput } from "../contract/event.ts";
import { guardNames, roles } from "../contract/policy.ts";
import type { StoreWriter } from "../port/store.ts";
import type { World } from "../port/world.ts";

/** What a hook left. It may come from a box: nothing but the shape is believed. */
const DenialRecord = z.strictObject({
  schemaVersion: z.literal(1),
  at: z.string().max(40),
  by: z.enum(["daemon", "hook"]),
  client: z.string().max(256),
  role: z.enum(roles).optional(),
  domain: z.string().max(256).optional(),
  ticket: z.string().max(256).optional(),
  worktree: z.string().max(4096).optional(),
  tool: z.string().max(256).optional(),
  guard: z.enum(guardNames),
  rule: z.string().max(32),
  reason: z.string().max(4000),
  remedy: z.string().max(4000),
});

/** At once; the rest waits for the next call. */
const atOnceMax = 500;
const recordBytesMax = 64 * 1024;
const takenNote = "spool:taken";

/**
 * Appends to the log what hooks refused since (I8), each once: a file is removed after its event is written, and what was
 * written last is noted, so that a crash between the two writes nothing twice. Gives how many there were.
 */
export async function collectDenials(world: Pick<World, "store" | "workspace">): Promise<number> {
  const spool = join(world.workspace.stateDir, "run", "spool");
  const names = (await readdir(spool).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
  const overflowed = await stat(join(spool, "overflow")).catch(() => undefined);
  if (names.length === 0 && overflowed === undefined) return 0;
  const found = await Promise.all(names.slice(0, atOnceMax).map(async (name) => ({ name, event: await readRecord(join(spool, name)) })));
  const fresh = await world.store.write((tx) => appendNew(tx, spool, found, overflowed?.size ?? 0));
  for (const { name } of found) await rm(join(spool, name), { recursive: true, force: true });
  if (overflowed !== undefined) await rm(join(spool, "overflow"), { force: true });
  return fresh;
}

async function appendNew(
  tx: StoreWriter,
  spool: string,
  found: readonly { name: string; event: EventInput }[],
  lost: number,
): Promise<number> {
  const note = z.array(z.string()).safeParse((await tx.notes.get(takenNote))?.value);
  const taken = new Set(note.success ? note.data : []);
  // Another process may have been here since the folder was read.
  const here = found.filter(({ name }) => lstatSync(join(spool, name), { throwIfNoEntry: false }));
  const fresh = here.filter(({ name }) => !taken.has(name));
  for (const { event } of fresh) await tx.append(event);
  if (lost > 0)
    await tx.append({
      kind: "guard.denied",
      actor: "mos",
      reason: `${lost} more refusals were not kept one by one: too many waited for the log`,
      data: { lost },
    });
  await tx.notes.put({ id: takenNote, value: here.map(({ name }) => name) });
  return fresh.length;
}

async function readRecord(file: string): Promise<EventInput> {
  const record = DenialRecord.safeParse(await readJson(file));
  if (!record.success) return { kind: "guard.denied", actor: "mos", reason: "a hook's record of a refusal could not be read", data: {} };
  const { client, role, domain, ticket, worktree, tool, guard, rule, reason, remedy, by, at } = record.data;
  const agent = { client, ...(role ? { role } : {}), ...(worktree ? { worktree } : {}) };
  return {
    kind: "guard.denied",
    actor: "mos",
    authority: guard,
    ...(domain === undefined ? {} : { domain }),
    ...(ticket === undefined ? {} : { ticket }),
    reason,
    data: { guard, rule, ...(tool === undefined ? {} : { tool }), reason, remedy, agent, by, at },
  };
}

async function readJson(file: string): Promise<unknown> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      return stats.isFile() && stats.size <= recordBytesMax ? JSON.parse(await handle.readFile("utf8")) : undefined;
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
