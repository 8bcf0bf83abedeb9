import type { Ticket } from "../../contract/ticket.ts";
import { compareTurns, type Turn } from "./compare-turn.ts";
import { addToGroups, createPathIndex, findBefore, type Group, removeFromGroups, visitUnheldAfter } from "./path-index.ts";
import { type CompiledClaim, claimsOverlap, compileClaim } from "./paths-overlap.ts";
import { createSortedList } from "./sorted-list.ts";

/** How a ticket stands. */
export interface Place {
  readonly ticket: Ticket;
  readonly turn: Turn;
  /** Whose paths come first: what runs, then what is begun, then what is new; within each by turn. */
  readonly rank: 0 | 1 | 2;
  readonly open: boolean;
}

/** A ticket on the agenda: made by `createEntry`, changed by its repository's part of the agenda alone. */
export interface Entry {
  ticket: Ticket;
  turn: Turn;
  rank: Place["rank"];
  open: boolean;
  /** The part of the agenda that it is on. */
  readonly home: RepoAgenda;
  /** What it is compared by, once it was looked at. */
  seen: Seen | undefined;
}

/** `holdsUp` are those that have found it in their way. */
interface Seen {
  readonly claim: CompiledClaim;
  /** Where its repository's index has it. */
  readonly groups: readonly Group<Entry>[];
  /** Whether it wants all paths: behind such a one nobody is free. */
  readonly isWall: boolean;
  waitsFor: Entry | undefined;
  holdsUp: Set<Entry> | undefined;
  /** Whether it could wait for another and does for none: only such a one can be stood in the way of. */
  isUnheld: boolean;
  isFree: boolean;
}

/** One repository's part of the agenda. */
export interface RepoAgenda {
  readonly running: number;
  /** The turn of the first that the whole agenda offers of it; kept here for the whole agenda alone. */
  offered: Turn | undefined;
  /** Of what may be taken, by turn: open, and nobody that comes first wants a path of it. */
  firstFree(): Entry | undefined;
  freeAfter(entry: Entry): Entry | undefined;
  add(entry: Entry): void;
  /** The same ticket with the same paths stands otherwise. */
  move(entry: Entry, to: Place): void;
  remove(entry: Entry): void;
}

export function createEntry(home: RepoAgenda, { ticket, turn, rank, open }: Place): Entry {
  return { ticket, turn, rank, open, home, seen: undefined };
}

/** Of a wide claim so many are looked at one by one before the index is asked: it meets its nearest at once. */
const nearestMax = 8;

/**
 * A ticket is free when its paths meet those of none that comes before it, whether that one is taken or waits itself (T7d).
 * That does not depend on what is chosen, so each that is not free needs to remember one other that is in its way, and is
 * looked at again only when that one leaves. It remembers the nearest, which is likely to be the last to leave.
 *
 * New ones are looked at in the order of their turn, and only as far as somebody asks for: what stands far behind costs its
 * place in a list and nothing else. All that were looked at come before all that were not.
 */
export function createRepoAgenda(): RepoAgenda {
  /** Those that were looked at. */
  const all = createSortedList<Entry>(comparePrecedence);
  const index = createPathIndex<Entry>();
  const free = createSortedList<Entry>(compareEntries);
  /** New ones that were not looked at, by turn. */
  const rest = createSortedList<Entry>(compareEntries);
  /** The furthest turn at which a new one was looked at: who comes before it is looked at once it is there. */
  let edge: Turn | undefined;
  let running = 0;
  /** How many walls were looked at and are there. */
  let walls = 0;

  const settle = (entry: Entry, seen: Seen): void => {
    if (entry.rank === 0) return;
    const rival = findRival(entry, seen);
    if (rival !== undefined) {
      wait(entry, rival);
      return;
    }
    addToGroups(seen.groups, "unheld", entry, comparePrecedence);
    seen.isUnheld = true;
    if (!entry.open) return;
    free.add(entry);
    seen.isFree = true;
  };
  const unsettle = (entry: Entry, seen: Seen): void => {
    if (seen.isFree) free.remove(entry);
    if (seen.isUnheld) removeFromGroups(seen.groups, "unheld", entry, comparePrecedence);
    seen.isFree = false;
    seen.isUnheld = false;
  };
  const wait = (entry: Entry, rival: Entry): void => {
    seenOf(entry).waitsFor = rival;
    const inTheWay = seenOf(rival);
    inTheWay.holdsUp ??= new Set();
    inTheWay.holdsUp.add(entry);
  };
  const findRival = (entry: Entry, { claim, groups }: Seen): Entry | undefined => {
    const fits = (other: Entry) => claimsOverlap(claim, seenOf(other).claim);
    const near = isWide(claim) && all.findBefore(entry, nearestMax, fits);
    return near === false ? findBefore({ groups, owner: entry, compare: comparePrecedence, fits }) : near;
  };
  /** Those that come after it, that nobody was in the way of, and that want a path of it. */
  const standInTheWay = (entry: Entry, { claim, groups }: Seen): void => {
    let met: Set<Entry> | undefined;
    const visit = (other: Entry) => {
      if (claimsOverlap(claim, seenOf(other).claim)) met = (met ?? new Set()).add(other);
    };
    visitUnheldAfter({ groups, owner: entry, compare: comparePrecedence, visit });
    for (const other of met ?? []) {
      unsettle(other, seenOf(other));
      wait(other, entry);
    }
  };
  const letGo = ({ holdsUp }: Seen, isLetGo: (other: Entry) => boolean): void => {
    if (holdsUp === undefined || holdsUp.size === 0) return;
    const others = [...holdsUp].filter(isLetGo);
    for (const other of others) {
      holdsUp.delete(other);
      seenOf(other).waitsFor = undefined;
    }
    for (const other of others) settle(other, seenOf(other));
  };
  const leave = (entry: Entry, seen: Seen): void => {
    all.remove(entry);
    removeFromGroups(seen.groups, "claimed", entry, comparePrecedence);
    unsettle(entry, seen);
    if (entry.rank === 0) running -= 1;
    if (seen.isWall) walls -= 1;
    if (seen.waitsFor === undefined) return;
    seenOf(seen.waitsFor).holdsUp?.delete(entry);
    seen.waitsFor = undefined;
  };
  const enter = (entry: Entry, seen: Seen): void => {
    settle(entry, seen);
    all.add(entry);
    addToGroups(seen.groups, "claimed", entry, comparePrecedence);
    if (entry.rank === 0) running += 1;
    if (seen.isWall) walls += 1;
  };
  const lookAt = (entry: Entry): Seen => {
    const claim = compileClaim(entry.ticket);
    const groups = index.open(claim);
    const isWall = wantsAll(claim);
    entry.seen = { claim, groups, isWall, waitsFor: undefined, holdsUp: undefined, isUnheld: false, isFree: false };
    return entry.seen;
  };
  const isBehind = ({ rank, turn }: Place): boolean => rank === 2 && (edge === undefined || compareTurns(turn, edge) > 0);
  /** Looks at those that come before `candidate` by turn, until one of them is free. */
  const walkTo = (candidate: Entry | undefined): Entry | undefined => {
    let first = candidate;
    while (walls === 0) {
      const entry = rest.first();
      if (entry === undefined || (first !== undefined && compareEntries(first, entry) < 0)) break;
      rest.remove(entry);
      edge = entry.turn;
      const seen = lookAt(entry);
      enter(entry, seen);
      if (seen.isFree) first = entry;
    }
    return first;
  };
  const add = (entry: Entry): void => {
    if (isBehind(entry)) {
      rest.add(entry);
      return;
    }
    const seen = lookAt(entry);
    standInTheWay(entry, seen);
    enter(entry, seen);
  };
  const remove = (entry: Entry): void => {
    const { seen } = entry;
    if (seen === undefined) {
      rest.remove(entry);
      return;
    }
    leave(entry, seen);
    index.close(seen.groups);
    entry.seen = undefined;
    letGo(seen, () => true);
  };

  return {
    get running() {
      return running;
    },
    offered: undefined,
    firstFree: () => walkTo(free.first()),
    freeAfter: (entry) => walkTo(free.after(entry)),
    add,
    move(entry, to) {
      const { seen } = entry;
      if (seen === undefined || isBehind(to)) {
        remove(entry);
        place(entry, to);
        return add(entry);
      }
      const waited = seen.waitsFor !== undefined;
      const earlier = comparePrecedence(to, entry) < 0;
      leave(entry, seen);
      place(entry, to);
      // Who had nobody in its way comes before all that want a path of it already.
      if (waited && earlier) standInTheWay(entry, seen);
      enter(entry, seen);
      if (!earlier) letGo(seen, (other) => comparePrecedence(other, entry) < 0);
    },
    remove,
  };
}

/** Of one that was looked at: who waits, is waited for or stands in the index was. */
function seenOf({ seen }: Entry): Seen {
  return seen as Seen;
}

function place(entry: Entry, { ticket, turn, rank, open }: Place): void {
  entry.ticket = ticket;
  entry.turn = turn;
  entry.rank = rank;
  entry.open = open;
}

function comparePrecedence(a: Place, b: Place): number {
  return a.rank - b.rank || compareTurns(a.turn, b.turn);
}

function compareEntries(a: Entry, b: Entry): number {
  return compareTurns(a.turn, b.turn);
}

/** Whether all of the repository lies below one of its patterns' beginnings. */
function isWide({ patterns }: CompiledClaim): boolean {
  return patterns.some(({ plain }) => plain === 0);
}

/** Whether it meets every other claim, whatever that one says. */
function wantsAll({ patterns, appends, generates }: CompiledClaim): boolean {
  return appends?.length === 0 && generates?.length === 0 && patterns.some(({ segments }) => segments.length === 1 && segments[0] === "**");
}
