import { applyCites, checkCites } from "../../knowledge/apply-cites.ts";
import type { OrderTree } from "../../knowledge/apply-order.ts";
import { CiteOrders } from "../../knowledge/cite-order.ts";
import type { Chore, ChoreArgs, ChoreWorld } from "../chore.ts";

/** Points citations at where their words are now, as `mos wiki check --fix` found it: as JSON in `--orders`. It finds nothing by itself. */
export const wikiCite: Chore = {
  id: "wiki-cite",

  async find() {
    return [];
  },

  /** All of the orders or none. */
  async fix(world, args) {
    const edits = new Map<string, string | undefined>();
    const changed: string[] = [];
    for (const order of readOrders(args)) {
      const applied = applyCites(treeOf(world, edits), order);
      if (applied.kind === "refused") throw new Error(applied.reason);
      if (applied.kind === "unchanged") continue;
      for (const [path, text] of applied.edits) edits.set(path, text);
      changed.push(`${order.page}: ${applied.moved} moved, ${order.cites.length} kept beside it`);
    }
    return { edits: [...edits].map(([path, text]) => ({ path, text })), changed };
  },

  async check(world, args) {
    return [...new Set(readOrders(args).flatMap((order) => checkCites(treeOf(world, new Map()), order)))];
  },
};

function readOrders(args: ChoreArgs): CiteOrders {
  return CiteOrders.parse(JSON.parse(args.options.orders ?? "[]"));
}

function treeOf(world: ChoreWorld, edits: ReadonlyMap<string, string | undefined>): OrderTree {
  return { paths: world.tree.paths, read: (path) => (edits.has(path) ? edits.get(path) : world.tree.read(path)) };
}
