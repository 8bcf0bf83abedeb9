import type { Ticket } from "../../contract/ticket.ts";
import { compareTurns, type Turn } from "./compare-turn.ts";
import { createPathIndex } from "./path-index.ts";
import { type CompiledClaim, claimsOverlap } from "./paths-overlap.ts";
import { createSortedList, type SortedList } from "./sorted-list.ts";

/** A ticket on the agenda. `holdsUp` are those that have found it in their way. */
export interface Entry {
  readonly ticket: Ticket;
  readonly turn: Turn;
  readonly claim: CompiledClaim;
  /** Whose paths come first: what runs, then what is begun, then what is new; within each by turn. */
  readonly rank: 0 | 1 | 2;
  readonly open: boolean;
  waitsFor?: Entry | undefined;
  readonly holdsUp: Set<Entry>;
}

/** One repository's part of the agenda. */
export interface RepoAgenda {
  readonly running: number;
  /** What may be taken, by turn: open, and nobody that comes first wants a path of it. */
  readonly free: SortedList<Entry>;
  add(entry: Entry): void;
  remove(entry: Entry): void;
}

/** So many are looked at one by one before the index is asked: a wide claim meets its nearest at once. */
const nearestMax = 8;

/**
 * A ticket is free when its paths meet those of none that comes before it, whether that one is taken or waits itself (T7d).
 * That does not depend on what is chosen, so each that is not free needs to remember one other that is in its way, and is
 * looked at again only when that one leaves. It remembers the nearest, which is likely to be the last to leave.
 */
export function createRepoAgenda(): RepoAgenda {
  const all = createSortedList<Entry>(comparePrecedence);
  const index = createPathIndex<Entry>();
  const free = createSortedList<Entry>((a, b) => compareTurns(a.turn, b.turn));
  let running = 0;

  const settle = (entry: Entry): void => {
    const rival = findRival(entry);
    if (rival !== undefined) wait(entry, rival);
    else if (entry.open && entry.rank > 0) free.add(entry);
  };
  const wait = (entry: Entry, rival: Entry): void => {
    entry.waitsFor = rival;
    rival.holdsUp.add(entry);
  };
  const findRival = (entry: Entry): Entry | undefined => {
    if (entry.rank === 0) return undefined;
    let left = nearestMax;
    for (const other of all.before(entry)) {
      if (claimsOverlap(entry.claim, other.claim)) return other;
      left -= 1;
      if (left === 0) return findFarRival(entry);
    }
    return undefined;
  };
  const findFarRival = (entry: Entry): Entry | undefined => {
    let found: Entry | undefined;
    index.visitNear(entry, (other) => {
      if (comparePrecedence(other, entry) >= 0) return;
      if (found !== undefined && comparePrecedence(other, found) <= 0) return;
      if (claimsOverlap(entry.claim, other.claim)) found = other;
    });
    return found;
  };

  return {
    get running() {
      return running;
    },
    free,
    add(entry) {
      index.visitNear(entry, (other) => {
        if (other.rank === 0 || other.waitsFor !== undefined || comparePrecedence(entry, other) >= 0) return;
        if (!claimsOverlap(entry.claim, other.claim)) return;
        free.remove(other);
        wait(other, entry);
      });
      settle(entry);
      all.add(entry);
      index.add(entry);
      if (entry.rank === 0) running += 1;
    },
    remove(entry) {
      all.remove(entry);
      index.remove(entry);
      free.remove(entry);
      if (entry.rank === 0) running -= 1;
      entry.waitsFor?.holdsUp.delete(entry);
      entry.waitsFor = undefined;
      const heldUp = [...entry.holdsUp];
      entry.holdsUp.clear();
      for (const other of heldUp) {
        other.waitsFor = undefined;
        settle(other);
      }
    },
  };
}

function comparePrecedence(a: Entry, b: Entry): number {
  return a.rank - b.rank || compareTurns(a.turn, b.turn);
}
