import { z } from "zod";
import type { World } from "../port/world.ts";

const noteId = "orchestrator:unguarded";
const Note = z.object({ at: z.iso.datetime() });
const rememberedMs = 7 * 24 * 3_600_000;

/** Notes that a main session uses this workspace which `mos claude` did not start. */
export async function noteUnguarded(world: World): Promise<void> {
  await world.store.write((tx) => tx.notes.put({ id: noteId, value: { at: world.clock.now() } }));
}

/**
 * What the doctor says of it, for a week: empty when there was none. It is how the operator works, no failure; but there
 * the promises are only detected.
 */
export async function describeUnguarded(world: World): Promise<string> {
  const note = Note.safeParse((await world.store.read((tx) => tx.notes.get(noteId)))?.value);
  if (!note.success || Date.parse(world.clock.now()) - Date.parse(note.data.at) > rememberedMs) return "";
  return (
    `; a session that mos claude did not start used this workspace at ${note.data.at}: with a shell of its own, what it does to files, ` +
    `tickets and main is detected (receipts, the watch on main, this doctor), not prevented`
  );
}
