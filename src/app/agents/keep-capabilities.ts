import { CapabilityMap } from "../../contract/capability.ts";
import type { Store } from "../../port/store.ts";

const noteOf = (runtime: string) => `capability:${runtime}`;

/** What the last probe saw of these, in their order; what was never probed, or cannot be read, is left out. */
export async function readCapabilities(store: Pick<Store, "read">, runtimes: readonly string[]): Promise<CapabilityMap[]> {
  return store.read(async (tx) => {
    const notes = await Promise.all(runtimes.map((runtime) => tx.notes.get(noteOf(runtime))));
    return notes.flatMap((note) => {
      const read = CapabilityMap.safeParse(note?.value);
      return read.success ? [read.data] : [];
    });
  });
}

/** Keeps what was seen, in place of what was seen before; the log has a line for it. May be repeated. */
export async function recordCapabilities(store: Pick<Store, "write">, map: CapabilityMap): Promise<void> {
  const { runtime, version, start, rows } = map;
  await store.write(async (tx) => {
    await tx.notes.put({ id: noteOf(runtime), value: map });
    const data = { runtime, version, start, agents: rows.map(({ agent }) => agent), open: rows.flatMap(({ open }) => open).slice(0, 20) };
    await tx.append({ kind: "agent.probed", actor: "mos", reason: `${runtime} ${version}: seen as ${rows.length} kinds of agent`, data });
  });
}
