import type { Ticket } from "../../contract/ticket.ts";
import { compareTurns, type Turn } from "./compare-turn.ts";
import { createPathIndex } from "./path-index.ts";
import { type CompiledClaim, claimsOverlap } from "./paths-overlap.ts";
import { createSortedList, type SortedList } from "./sorted-list.ts";

/** How a ticket stands. */
export interface Place {
  readonly ticket: Ticket;
  readonly turn: Turn;
  /** Whose paths come first: what runs, then what is begun, then what is new; within each by turn. */
  readonly rank: 0 | 1 | 2;
  readonly open: boolean;
}

/** A ticket on the agenda. `holdsUp` are those that have found it in their way. */
export interface Entry {
  place: Place;
  readonly claim: CompiledClaim;
  waitsFor: Entry | undefined;
  holdsUp: Set<Entry> | undefined;
  isFree: boolean;
}

/** One repository's part of the agenda. */
export interface RepoAgenda {
  readonly running: number;
  /** What may be taken, by turn: open, and nobody that comes first wants a path of it. */
  readonly free: SortedList<Entry>;
  add(entry: Entry): void;
  /** The same ticket with the same paths stands otherwise. */
  move(entry: Entry, to: Place): void;
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
  const free = createSortedList<Entry>((a, b) => compareTurns(a.place.turn, b.place.turn));
  let running = 0;

  const settle = (entry: Entry): void => {
    const rival = entry.place.rank === 0 ? undefined : findRival(entry);
    if (rival !== undefined) wait(entry, rival);
    else if (entry.place.open && entry.place.rank > 0) {
      free.add(entry);
      entry.isFree = true;
    }
  };
  const unfree = (entry: Entry): void => {
    if (entry.isFree) free.remove(entry);
    entry.isFree = false;
  };
  const wait = (entry: Entry, rival: Entry): void => {
    entry.waitsFor = rival;
    rival.holdsUp = (rival.holdsUp ?? new Set()).add(entry);
  };
  const findRival = (entry: Entry): Entry | undefined => {
    const near = all.findBefore(entry, nearestMax, (other) => claimsOverlap(entry.claim, other.claim));
    return near === false ? findFarRival(entry) : near;
  };
  /** Those that come after it, that nobody was in the way of, and that want a path of it. */
  const standInTheWay = (entry: Entry): void =>
    index.visitNear(entry, (other) => {
      if (other.place.rank === 0 || other.waitsFor !== undefined || comparePrecedence(entry, other) >= 0) return;
      if (!claimsOverlap(entry.claim, other.claim)) return;
      unfree(other);
      wait(other, entry);
    });
  const letGo = (entry: Entry, isLetGo: (other: Entry) => boolean): void => {
    const others = [...(entry.holdsUp ?? [])].filter(isLetGo);
    for (const other of others) {
      entry.holdsUp?.delete(other);
      other.waitsFor = undefined;
    }
    for (const other of others) settle(other);
  };
  const leave = (entry: Entry): void => {
    all.remove(entry);
    unfree(entry);
    if (entry.place.rank === 0) running -= 1;
    entry.waitsFor?.holdsUp?.delete(entry);
    entry.waitsFor = undefined;
  };
  const enter = (entry: Entry): void => {
    settle(entry);
    all.add(entry);
    if (entry.place.rank === 0) running += 1;
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
      standInTheWay(entry);
      enter(entry);
      index.add(entry);
    },
    move(entry, to) {
      const waited = entry.waitsFor !== undefined;
      const earlier = comparePlaces(to, entry.place) < 0;
      leave(entry);
      entry.place = to;
      // Who had nobody in its way comes before all that want a path of it already.
      if (waited && earlier) standInTheWay(entry);
      enter(entry);
      if (!earlier) letGo(entry, (other) => comparePrecedence(other, entry) < 0);
    },
    remove(entry) {
      leave(entry);
      index.remove(entry);
      letGo(entry, () => true);
    },
  };
}

function comparePrecedence(a: Entry, b: Entry): number {
  return comparePlaces(a.place, b.place);
}

function comparePlaces(a: Place, b: Place): number {
  return a.rank - b.rank || compareTurns(a.turn, b.turn);
}
