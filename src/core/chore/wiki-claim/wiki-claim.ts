import { applyOrder, checkOrder, type OrderTree } from "../../knowledge/apply-order.ts";
import { ClaimOrders } from "../../knowledge/claim-order.ts";
import type { Chore, ChoreArgs, ChoreWorld } from "../chore.ts";

/**
 * The librarian's hand: puts claims with their sources on pages. It finds nothing by itself: distillation, or the
 * operator's review, says what is to be written, as JSON in `--orders`.
 */
export const wikiClaim: Chore = {
  id: "wiki-claim",

  async find() {
    return [];
  },

  /** All of the orders or none: one that is refused fails the call, with its reason, before anything is written. */
  async fix(world, args) {
    const edits = new Map<string, string>();
    const changed: string[] = [];
    for (const order of readOrders(args)) {
      const applied = applyOrder(treeOf(world, edits), order);
      if (applied.kind === "refused") throw new Error(applied.reason);
      if (applied.kind === "unchanged") continue;
      for (const [path, text] of applied.edits) edits.set(path, text);
      changed.push(`${order.page}: one claim ${applied.what}`);
    }
    return { edits: [...edits].map(([path, text]) => ({ path, text })), changed };
  },

  async check(world, args) {
    return [...new Set(readOrders(args).flatMap((order) => checkOrder(treeOf(world, new Map()), order)))];
  },
};

function readOrders(args: ChoreArgs): ClaimOrders {
  return ClaimOrders.parse(JSON.parse(args.options.orders ?? "[]"));
}

function treeOf(world: ChoreWorld, edits: ReadonlyMap<string, string>): OrderTree {
  return { paths: [...world.tree.paths, ...edits.keys()], read: (path) => edits.get(path) ?? world.tree.read(path) };
}
