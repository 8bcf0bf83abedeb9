import { type KeptFolder, leftInSlot, type Slots } from "../../port/slot.ts";
import type { StoreReader } from "../../port/store.ts";
import type { SlotArgs } from "./create-slots.ts";
import { listKept, removeKept } from "./kept-disk.ts";
import { listSlotFolders } from "./slot-folder.ts";

type Named = Pick<KeptFolder, "kind" | "id">;

/**
 * The bound on what is kept (G5d). A folder is removed under the leases of those who could use it: the slot's own, or
 * for an output those of all slots of its repository. A crash meanwhile leaves dead leases, and a slot or an output that is not whole
 * and is made anew.
 *
 * @param forget  told of each slot before it goes
 */
export function createKept(
  args: Pick<SlotArgs, "workspace" | "store" | "clock" | "worker" | "isProcessAlive">,
  forget: (slotDir: string) => void,
): Pick<Slots, "kept" | "boundKept"> {
  const { workspace, store, clock, worker, isProcessAlive } = args;
  const { slotsPerRepo, diskMb } = workspace.config.limits;

  const listBusy = async (tx: StoreReader): Promise<Set<string>> => {
    const held = (await tx.leases.list()).filter((lease) => lease.key.startsWith("slot:") && isProcessAlive(lease));
    const busy = new Set(held.map(({ key }) => key.slice("slot:".length)));
    for (const id of listSlotFolders(workspace.stateDir)) if (await tx.notes.get(leftInSlot + id)) busy.add(id);
    return busy;
  };

  const kept = async (anew: boolean): Promise<KeptFolder[]> => {
    const busy = await store.read(listBusy);
    const isHeld = (folder: Named) => isInUse(folder, busy);
    const folders = await listKept({ stateDir: workspace.stateDir, nowMs: Date.parse(clock.now()), anew, isHeld });
    return folders.map((folder) => ({ ...folder, inUse: isHeld(folder) }));
  };

  const claimUsers = (folder: Named) =>
    store.write(async (tx) => {
      if (isInUse(folder, await listBusy(tx))) return undefined;
      const numbers = Array.from({ length: slotsPerRepo }, (_, index) => index + 1);
      const ids = folder.kind === "slot" ? [folder.id] : numbers.map((number) => `${repoOf(folder.id)}/${number}`);
      for (const id of ids) {
        const key = `slot:${id}`;
        const epoch = ((await tx.leases.get(key))?.epoch ?? 0) + 1;
        await tx.leases.put({ key, owner: worker.id, pid: worker.pid, process: worker.process, epoch, beat: 0 });
      }
      return ids;
    });

  const remove = async (folder: KeptFolder): Promise<boolean> => {
    const ids = await claimUsers(folder);
    if (!ids) return false;
    try {
      forget(folder.path);
      removeKept(folder);
      return true;
    } catch {
      // What cannot be removed ends no run: it stays counted, and the doctor names it (D19).
      return false;
    } finally {
      await store.write(async (tx) => {
        for (const id of ids) await tx.leases.remove(`slot:${id}`);
      });
    }
  };

  return {
    kept: ({ anew }) => kept(anew),
    async boundKept() {
      const folders = (await kept(true)).sort((a, b) => a.usedMs - b.usedMs);
      let bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0);
      const gone: KeptFolder[] = [];
      for (const folder of folders) {
        if (bytes <= diskMb * 1024 ** 2) break;
        if (folder.inUse || !(await remove(folder))) continue;
        bytes -= folder.bytes;
        gone.push(folder);
      }
      return gone;
    },
  };
}

/** An output may be mounted by whoever has a slot of its repository. */
function isInUse({ kind, id }: Named, busy: ReadonlySet<string>): boolean {
  return kind === "slot" ? busy.has(id) : [...busy].some((slot) => repoOf(slot) === repoOf(id));
}

function repoOf(id: string): string {
  return id.slice(0, id.lastIndexOf("/"));
}
