import { z } from "zod";
import { MosError } from "../contract/error.ts";
import type { StoreReader, StoreWriter } from "../port/store.ts";

const noteId = "stopped";
/** `lanes`: still stopped; `known`: those, and what was resumed since. */
const Standing = z.object({ at: z.string(), lanes: z.array(z.string()), known: z.array(z.string()).optional() });

/** Kept from the moment in which everything is stopped, before any worker ends: who begins now finds it (G11c). */
export async function noteStop(tx: StoreWriter, { at, lanes }: { at: string; lanes: readonly string[] }): Promise<void> {
  await putStop(tx, { at, lanes: [...lanes], known: [...lanes] });
}

async function putStop(tx: StoreWriter, standing: z.infer<typeof Standing>): Promise<void> {
  await tx.notes.put({ id: noteId, value: standing });
}

/**
 * A lane that came to mos.yaml while everything is stopped is stopped with the rest (G11c). Called before anything is taken; gives those
 * lanes. May be repeated.
 */
export async function stopNewLanes(tx: StoreWriter, args: { lanes: readonly string[] }): Promise<string[]> {
  const standing = await readStop(tx);
  if (!standing?.known) return [];
  const added = args.lanes.filter((lane) => !standing.known?.includes(lane));
  if (added.length === 0) return [];
  for (const id of added) {
    if ((await tx.lanes.get(id))?.paused?.by !== "operator")
      await tx.lanes.put({ id, paused: { by: "operator", reason: "mos stop --all", paths: [] } });
    const reason = `${id} is new, and everything was stopped at ${standing.at}`;
    await tx.append({ kind: "lane.paused", actor: "mos", authority: "operator", reason, data: { lane: id } });
  }
  await putStop(tx, { ...standing, lanes: [...standing.lanes, ...added], known: [...standing.known, ...added] });
  return added;
}

/** A lane goes on; with the last of those that were stopped the stop is over. What is no lane any more waits for nothing. */
export async function liftStop(tx: StoreWriter, args: { lane: string; lanes: readonly string[] }): Promise<void> {
  const standing = await readStop(tx);
  if (!standing) return;
  const left = standing.lanes.filter((lane) => lane !== args.lane && args.lanes.includes(lane));
  if (left.length > 0) await putStop(tx, { ...standing, lanes: left });
  else await tx.notes.remove(noteId);
}

/**
 * Called by whoever would begin something beside the lanes: a session, a scout, a distillation.
 *
 * @throws MosError `stopped` while a stop of everything stands
 */
export async function refuseWhileStopped(tx: StoreReader): Promise<void> {
  const standing = await readStop(tx);
  if (!standing) return;
  throw new MosError({
    code: "stopped",
    message: `Everything was stopped at ${standing.at} by mos stop --all, and ${standing.lanes.join(", ")} still ${standing.lanes.length === 1 ? "is" : "are"}: nothing begins meanwhile.`,
    hint: "Go on: mos lane resume --all",
  });
}

/** A note that cannot be read is a stop: of which lanes is not known. */
async function readStop(tx: StoreReader): Promise<z.infer<typeof Standing> | undefined> {
  const note = await tx.notes.get(noteId);
  if (note === undefined) return undefined;
  return Standing.safeParse(note.value).data ?? { at: "an unknown time", lanes: ["all lanes"] };
}
