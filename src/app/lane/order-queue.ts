import type { RepoHandle } from "../../contract/config.ts";
import type { Ticket } from "../../contract/ticket.ts";
import type { GateRules } from "../../core/gate/defining-files.ts";
import { findEveryonesFiles } from "../../core/gate/everyones-files.ts";
import { groupChanges } from "../../core/lane/group-changes.ts";
import { createImportGraphs } from "../../core/lane/import-graphs.ts";
import { orderByGroup } from "../../core/lane/order-by-group.ts";
import type { World } from "../../port/world.ts";

/** With fewer there is nothing to put beside one another. */
const queuedLeast = 3;

export interface QueueOrder {
  /** The same tickets; what belongs together stands together. In the given order where nothing can be said of them. */
  order(queued: readonly Ticket[], args: { main: string | undefined; rules: GateRules | undefined }): Promise<readonly Ticket[]>;
}

/**
 * Orders a lane's queue by what its tickets change and what the build connects, for scheduling alone (G4h): so that a failure
 * holds up as few others as can be. Kept while the same wait; a graph that can not be read changes no order.
 */
export function createQueueOrder(world: World, { repo }: { repo: RepoHandle }): QueueOrder {
  const git = world.git.at(repo.path);
  const graphs = createImportGraphs();
  const changed = new Map<string, readonly string[]>();
  let last: { key: string; groups: string[][] } | undefined;

  const readChanged = async ({ work, touches }: Ticket): Promise<readonly string[]> => {
    if (!work) return touches;
    const key = keyOf(work);
    const known = changed.get(key);
    if (known !== undefined) return known;
    // Work that cannot be read is that ticket's trouble, when its turn comes: it holds up no other's.
    const found = await git.changedPaths({ from: work.base, to: work.commit }).catch(() => undefined);
    if (found === undefined) return touches;
    const paths = found.map(({ path }) => path);
    changed.set(key, paths);
    return paths;
  };

  const readGroups = async (queued: readonly Ticket[], args: { main: string; rules: GateRules }): Promise<string[][]> => {
    const changes = await Promise.all(
      queued.map(async (ticket) => {
        const paths = await readChanged(ticket);
        return { id: ticket.id, paths, isEveryones: findEveryonesFiles(paths, args.rules.files).length > 0 };
      }),
    );
    // A lander may live for as long as work comes: what has left the queue is not kept.
    const kept = new Set(queued.flatMap(({ work }) => (work ? [keyOf(work)] : [])));
    for (const key of changed.keys()) if (!kept.has(key)) changed.delete(key);
    const imports = await graphs.read(git, args.main).catch(() => undefined);
    return groupChanges({ queued: changes, imports });
  };

  return {
    async order(queued, { main, rules }) {
      if (queued.length < queuedLeast || main === undefined || rules === undefined || repo.knowledgeOnly) return queued;
      const key = queued.map(({ id, work }) => `${id} ${work?.commit}`).join("\n");
      if (last?.key !== key) last = { key, groups: await readGroups(queued, { main, rules }) };
      return orderByGroup(queued, last.groups);
    },
  };
}

function keyOf({ base, commit }: NonNullable<Ticket["work"]>): string {
  return `${base} ${commit}`;
}
