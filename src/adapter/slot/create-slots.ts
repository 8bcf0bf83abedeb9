import { existsSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { RepoHandle, Workspace } from "../../contract/config.ts";
import type { Lease } from "../../contract/run.ts";
import type { Box } from "../../port/box.ts";
import type { Clock } from "../../port/clock.ts";
import type { Git } from "../../port/git.ts";
import { leftInSlot, type Slots } from "../../port/slot.ts";
import type { Store, StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";
import { agentUid } from "../box/build-argv.ts";
import { createKept } from "./bound-kept.ts";
import { openSlot } from "./open-slot.ts";
import { removeTree } from "./remove-tree.ts";
import { keepSealedUid } from "./sealed-uid.ts";
import { dropForeignOutputs } from "./setup-output.ts";
import { isSlotWhole, listSlotFolders, makeSlotFolder, markerOf, nameSlot, type SlotFolder, slotsRoot } from "./slot-folder.ts";
import type { TreeWitness } from "./tree-witness.ts";

const pollMs = 40;
/** How often somebody who waits for room looks whether some of it can be made: what is kept is counted for it. */
const makeRoomPolls = 250;

export interface SlotArgs {
  readonly workspace: Workspace;
  readonly store: Store;
  readonly git: Git;
  readonly box: Box;
  readonly clock: Clock;
  readonly worker: World["worker"];
  readonly isProcessAlive: World["isProcessAlive"];
  readonly uid: number;
}

/**
 * Warm slots, shared by all processes of a workspace through leases in the store. A crash leaves a lease of a dead
 * process, which the next one takes over, and a tree that the next `prepare` cleans.
 */
export function createSlots(args: SlotArgs): Slots {
  const { workspace, store, clock, worker } = args;
  /** Within this process, one asker per repository at a time polls the store. */
  const waiting = new Map<string, Promise<unknown>>();
  const witnesses = new Map<string, TreeWitness>();

  const numbers = Array.from({ length: workspace.config.limits.slotsPerRepo }, (_, index) => index + 1);
  const listThere = ({ domain, name }: RepoHandle) =>
    numbers.filter((number) => existsSync(markerOf(join(slotsRoot(workspace.stateDir), `${domain}/${name}/${number}`))));

  const claimFree = (repo: RepoHandle, among: readonly number[]) =>
    store.write(async (tx) => {
      for (const number of among) {
        const key = `slot:${repo.domain}/${repo.name}/${number}`;
        const held = await tx.leases.get(key);
        if (held && args.isProcessAlive(held)) continue;
        await tx.leases.put(leaseOf(key, held));
        await tx.notes.remove(`${leftInSlot}${key.slice("slot:".length)}`);
        return number;
      }
      return undefined;
    });

  const leaseOf = (key: string, held: Lease | undefined): Lease => ({
    ...{ key, owner: worker.id, pid: worker.pid, process: worker.process },
    ...{ epoch: (held?.epoch ?? 0) + 1, beat: 0 },
  });

  const claimLeft = (id: string) =>
    store.write(async (tx) => {
      const held = await tx.leases.get(`slot:${id}`);
      if (held && args.isProcessAlive(held)) return false;
      await tx.leases.put(leaseOf(`slot:${id}`, held));
      return true;
    });

  /**
   * G5e: another slot is made while what is kept leaves room for it, or none of the repository is there, as nothing could be done
   * at all then. Those that are there are taken again, however much they hold.
   */
  const mayGrow = async (there: readonly number[], polls: number): Promise<boolean> => {
    if (there.length === 0) return true;
    if (there.length === numbers.length) return false;
    const isFull = async () =>
      (await disk.kept({ anew: false })).reduce((sum, { bytes }) => sum + bytes, 0) > workspace.config.limits.diskMb * 1024 ** 2;
    if (!(await isFull())) return true;
    if (polls % makeRoomPolls !== 0) return false;
    await disk.boundKept();
    return !(await isFull());
  };

  const claim = async (repo: RepoHandle, signal: AbortSignal | undefined): Promise<number> => {
    for (let polls = 0; ; polls += 1) {
      signal?.throwIfAborted();
      const there = listThere(repo);
      const again = there.length === 0 ? undefined : await claimFree(repo, there);
      if (again !== undefined) return again;
      const made = (await mayGrow(there, polls)) ? await claimFree(repo, numbers) : undefined;
      if (made !== undefined) return made;
      await clock.sleep(pollMs, signal);
    }
  };

  const claimInTurn = async (repo: RepoHandle, signal: AbortSignal | undefined): Promise<number> => {
    const before = waiting.get(repo.lane) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => claim(repo, signal));
    waiting.set(repo.lane, mine);
    return mine;
  };

  const ownerOf: Slots["ownerOf"] = ({ name, sealed }) => {
    if (args.uid !== 0) return undefined;
    return sealed ? keepSealedUid(workspace.stateDir, name) : agentUid;
  };

  const owners = new Set(
    [...workspace.domains, workspace.operator].flatMap((domain) => domain.repos.map((repo) => `${repo.domain}/${repo.name}`)),
  );

  const disk = createKept(args, (slotDir) => witnesses.delete(slotDir));

  return {
    ...disk,
    ownerOf,
    withSlot: async ({ repo, ticket, signal }, body) => {
      const number = await claimInTurn(repo, signal);
      const sealed = workspace.domains.some((domain) => domain.name === repo.domain && domain.sealed);
      const slot = nameSlot(workspace.stateDir, repo, number, ownerOf({ name: repo.domain, sealed }));
      try {
        makeSlotFolder(slot);
        const boundKept = async () => void (await disk.boundKept());
        const given = { ...(ticket === undefined ? {} : { ticket }), ...(signal === undefined ? {} : { signal }) };
        return await body(await openSlot({ ...args, repo, slot, witnesses, boundKept, ...given }));
      } finally {
        noteUse(slot);
        await store.write((tx) => tx.leases.remove(`slot:${slot.id}`));
      }
    },
    withLeft: async ({ repo, slot: id, base }, body) => {
      const number = Number(id.slice(id.lastIndexOf("/") + 1));
      const sealed = workspace.domains.some((domain) => domain.name === repo.domain && domain.sealed);
      const slot = nameSlot(workspace.stateDir, repo, number, ownerOf({ name: repo.domain, sealed }));
      if (slot.id !== id || !isSlotWhole(slot) || !(await claimLeft(id))) return undefined;
      try {
        return await body(await openSlot({ ...args, repo, slot, witnesses, boundKept: async () => {}, leftAt: base }));
      } finally {
        await store.write((tx) => tx.leases.remove(`slot:${id}`));
      }
    },
    stray: async () => {
      const found: string[] = [];
      for (const id of listSlotFolders(workspace.stateDir)) {
        const [domain, repo, number] = id.split("/");
        const known = owners.has(`${domain}/${repo}`) && Number(number) <= workspace.config.limits.slotsPerRepo;
        const whole = existsSync(markerOf(join(slotsRoot(workspace.stateDir), id)));
        if (!whole || (!known && !(await store.read((tx) => holdsWork(tx, id))))) found.push(id);
      }
      return found;
    },
    async removeStray() {
      const held = new Set((await store.read((tx) => tx.leases.list())).filter(args.isProcessAlive).map((lease) => lease.key));
      const gone = (await this.stray()).filter((id) => !held.has(`slot:${id}`));
      for (const id of gone) removeTree(join(slotsRoot(workspace.stateDir), id));
      dropForeignOutputs(workspace.stateDir, (repo) => owners.has(repo));
      return gone;
    },
  };
}

/** By the time of its mark: which slot was not used for the longest, and whether it was since it was counted. */
function noteUse(slot: SlotFolder): void {
  const now = new Date();
  if (existsSync(markerOf(slot.dir))) utimesSync(markerOf(slot.dir), now, now);
}

/** Unfinished work that a worker that died left there: a repository that is back in mos.yaml finds it (G8b). */
async function holdsWork(tx: StoreReader, id: string): Promise<boolean> {
  const left = (await tx.notes.get(leftInSlot + id))?.value as { ticket?: unknown } | undefined;
  return typeof left?.ticket === "string" && (await tx.tickets.get(left.ticket))?.status.state === "in_progress";
}
