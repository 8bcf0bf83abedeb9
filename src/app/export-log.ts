import { open, rename, rm } from "node:fs/promises";
import { MosError } from "../contract/error.ts";
import type { World } from "../port/world.ts";

const pageSize = 1000;

/**
 * Writes the whole log to a new file, readable by its owner alone: an event in each line, with the chain, as it is. Sealed
 * domains stand in it too. What is appended meanwhile is left out.
 *
 * Throws `file-exists`, `file-unwritable`.
 *
 * @returns how many events, and the hash of the last
 */
export async function exportLog(world: World, args: { file: string }): Promise<{ file: string; events: number; head: string }> {
  const { file } = args;
  const scratch = `${file}.${world.worker.pid}.part`;
  const last = await world.store.read((tx) => tx.lastEvent());
  try {
    // Taken first, so that nothing that is there is written over.
    await (await open(file, "wx", 0o600)).close();
  } catch (cause) {
    throw explain(file, cause);
  }
  try {
    const out = await open(scratch, "wx", 0o600);
    try {
      for (let since = 0; since < (last?.seq ?? 0); ) {
        const page = await world.store.read((tx) => tx.events({ since, limit: pageSize }));
        const wanted = page.filter(({ seq }) => seq <= (last?.seq ?? 0));
        await out.write(wanted.map((event) => `${JSON.stringify(event)}\n`).join(""));
        since = page.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
      }
      await out.sync();
    } finally {
      await out.close();
    }
    await rename(scratch, file);
  } catch (cause) {
    await Promise.all([rm(scratch, { force: true }), rm(file, { force: true })]);
    if (cause instanceof MosError) throw cause;
    throw explain(file, cause);
  }
  return { file, events: last?.seq ?? 0, head: last?.hash ?? "0".repeat(64) };
}

function explain(file: string, cause: unknown): MosError {
  const there = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
  return new MosError({
    code: there ? "file-exists" : "file-unwritable",
    message: there ? `${file} is there already, and an export writes over nothing` : `${file} cannot be written: ${String(cause)}`,
    hint: there ? "Give another name, or take that one away first." : "Give a file in a folder that is there and can be written.",
    cause,
  });
}
