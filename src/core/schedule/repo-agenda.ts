import type { Ticket } from "../../contract/ticket.ts";
import { compareTurns, type Turn } from "./compare-turn.ts";
import { addToGroups, createPathIndex, findBefore, type Group, removeFromGroups, visitUnheldAfter } from "./path-index.ts";
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
  /** Where its repository's index has it. */
  groups: readonly Group<Entry>[];
  waitsFor: Entry | undefined;
  holdsUp: Set<Entry> | undefined;
  /** Whether it could wait for another and does for none: only such a one can be stood in the way of. */
  isUnheld: boolean;
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

/** Of a wide claim so many are looked at one by one before the index is asked: it meets its nearest at once. */
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
    if (entry.place.rank === 0) return;
    const rival = findRival(entry);
    if (rival !== undefined) {
      wait(entry, rival);
      return;
    }
    addToGroups(entry.groups, "unheld", entry, comparePrecedence);
    entry.isUnheld = true;
    if (!entry.place.open) return;
    free.add(entry);
    entry.isFree = true;
  };
  const unsettle = (entry: Entry): void => {
    if (entry.isFree) free.remove(entry);
    if (entry.isUnheld) removeFromGroups(entry.groups, "unheld", entry, comparePrecedence);
    entry.isFree = false;
    entry.isUnheld = false;
  };
  const wait = (entry: Entry, rival: Entry): void => {
    entry.waitsFor = rival;
    rival.holdsUp ??= new Set();
    rival.holdsUp.add(entry);
  };
  const findRival = (entry: Entry): Entry | undefined => {
    const fits = (other: Entry) => claimsOverlap(entry.claim, other.claim);
    const near = isWide(entry.claim) && all.findBefore(entry, nearestMax, fits);
    return near === false ? findBefore({ groups: entry.groups, owner: entry, compare: comparePrecedence, fits }) : near;
  };
  /** Those that come after it, that nobody was in the way of, and that want a path of it. */
  const standInTheWay = (entry: Entry): void => {
    let met: Set<Entry> | undefined;
    const visit = (other: Entry) => {
      if (claimsOverlap(entry.claim, other.claim)) met = (met ?? new Set()).add(other);
    };
    visitUnheldAfter({ groups: entry.groups, owner: entry, compare: comparePrecedence, visit });
    for (const other of met ?? []) {
      unsettle(other);
      wait(other, entry);
    }
  };
  const letGo = (entry: Entry, isLetGo: (other: Entry) => boolean): void => {
    if (entry.holdsUp === undefined || entry.holdsUp.size === 0) return;
    const others = [...entry.holdsUp].filter(isLetGo);
    for (const other of others) {
      entry.holdsUp.delete(other);
      other.waitsFor = undefined;
    }
    for (const other of others) settle(other);
  };
  const leave = (entry: Entry): void => {
    all.remove(entry);
    removeFromGroups(entry.groups, "claimed", entry, comparePrecedence);
    unsettle(entry);
    if (entry.place.rank === 0) running -= 1;
    entry.waitsFor?.holdsUp?.delete(entry);
    entry.waitsFor = undefined;
  };
  const enter = (entry: Entry): void => {
    settle(entry);
    all.add(entry);
    addToGroups(entry.groups, "claimed", entry, comparePrecedence);
    if (entry.place.rank === 0) running += 1;
  };

  return {
    get running() {
      return running;
    },
    free,
    add(entry) {
      entry.groups = index.open(entry.claim);
      standInTheWay(entry);
      enter(entry);
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
      index.close(entry.groups);
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

/** Whether all of the repository lies below one of its patterns' beginnings. */
function isWide({ patterns }: CompiledClaim): boolean {
  return patterns.some(({ plain }) => plain === 0);
}
