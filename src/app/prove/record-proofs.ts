import { Proof } from "../../contract/proof.ts";
import type { World } from "../../port/world.ts";

const noteOf = (client: string) => `proof:${client}`;

/** Keeps what was proven of each client, without the single calls; the log has a line for each. */
export async function recordProofs(world: World, proofs: readonly Proof[]): Promise<void> {
  await world.store.write(async (tx) => {
    for (const proof of proofs.filter(({ state }) => state !== "absent")) {
      const { client, state, reason, version, guards } = proof;
      await tx.notes.put({ id: noteOf(client), value: { ...proof, rows: [] } });
      const open = proof.rows
        .filter(({ outcome }) => outcome !== "refused")
        .map(({ agent, way, attempt }) => `${agent}, ${way}: ${attempt}`);
      const data = { client, version: version ?? "unknown", state, guards, rows: proof.rows.length, open: open.slice(0, 20) };
      await tx.append({ kind: "guard.proven", actor: "mos", reason: `${client}: ${reason}`, data });
    }
  });
}

/** What was found the last time, newest for each client. */
export async function readProofs(world: World, clients: readonly string[]): Promise<Proof[]> {
  return world.store.read(async (tx) => {
    const notes = await Promise.all(clients.map((client) => tx.notes.get(noteOf(client))));
    return notes.flatMap((note) => {
      const read = Proof.safeParse(note?.value);
      return read.success ? [read.data] : [];
    });
  });
}
