import type { Ticket } from "../../contract/ticket.ts";
import { compareTurns, isBegun, type Turn, turnOf } from "./compare-turn.ts";
import { createEntry, createRepoAgenda, type Entry, type Place, type RepoAgenda } from "./repo-agenda.ts";
import { createSortedList, findPlace, insertAt } from "./sorted-list.ts";

/** A ticket that may be taken now, and with which event. */
export interface Choice {
  readonly ticket: Ticket;
  readonly how: "claim" | "take-over" | "revalidate";
}

/** What is known of a ticket beside itself. */
export interface Standing {
  /** Whether it has a live lease: it counts, and is not taken again. */
  readonly running?: boolean;
  /** Whether its domain and lane take work now; default yes. */
  readonly open?: boolean;
}

/**
 * All that waits for its turn, kept up to date ticket by ticket: the one scheduling core (T7).
 *
 * Higher priority first, then what is begun already, then by id. Two of one repository never share a path. Nothing starves
 * within a priority: a ticket that has to wait for paths keeps them from all that come after it, so a wide one waits at
 * most for what runs now. Held paths are those of every ticket in progress or under verification, alive or orphaned, open
 * or not; a blocked one holds none (T2), nor does a new one whose lane is closed.
 */
export interface Agenda {
  /** Tickets that it keeps: those that are ready or begun. */
  readonly size: number;
  /** Adds a ticket, or takes what is now known of it. One that is neither ready nor begun leaves. */
  put(ticket: Ticket, standing?: Standing): void;
  /** Of one that is not there: nothing. */
  remove(id: string): void;
  /** What may be taken now, at most `count`, in the order in which to take it. Changes nothing: `put` says what was taken. */
  choose(count: number): Choice[];
}

/**
 * With n tickets, `put` and `remove` cost O(log n), and `choose` O(count · log n) and the moves within a list of `count`. Each
 * ticket is compared with those of the same repository whose paths lie near, once its turn is near too and again when the one
 * that was in its way has left.
 *
 * @param slotsPerRepo  how many of one repository run at once; default any number
 */
export function createAgenda({ slotsPerRepo = Number.POSITIVE_INFINITY }: { slotsPerRepo?: number } = {}): Agenda {
  const entries = new Map<string, Entry>();
  const repos = new Map<string, RepoAgenda>();
  const prefixes = new Map<string, string>();
  /** Repositories that have something to offer, by what they offer first. */
  const offers = createSortedList<RepoAgenda>((a, b) => compareTurns(a.offered as Turn, b.offered as Turn));

  const repoFor = (ticket: Ticket): RepoAgenda => {
    const key = `${ticket.domain}/${ticket.repo}`;
    const known = repos.get(key);
    if (known !== undefined) return known;
    const repo = createRepoAgenda();
    repos.set(key, repo);
    return repo;
  };
  /** A repository's place among the offers follows from its first: after each change it leaves and comes back. */
  const offer = (repo: RepoAgenda): void => {
    const after = repo.running < slotsPerRepo ? repo.firstFree()?.turn : undefined;
    if (after === repo.offered) return;
    if (repo.offered !== undefined) offers.remove(repo);
    repo.offered = after;
    if (after !== undefined) offers.add(repo);
  };
  const remove = (id: string): void => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    entry.home.remove(entry);
    offer(entry.home);
  };

  return {
    get size() {
      return entries.size;
    },
    remove,
    put(ticket, { running = false, open = true } = {}) {
      const begun = isBegun(ticket);
      // A closed lane's ready ticket holds nothing; work that is begun does, wherever it stands in the order.
      if (!begun && (ticket.status.state !== "ready" || (!open && !running))) return remove(ticket.id);
      const known = entries.get(ticket.id);
      const place: Place = { ticket, turn: turnOf(ticket, { known: known?.turn, prefixes }), rank: running ? 0 : begun ? 1 : 2, open };
      if (known !== undefined && isSameClaim(known.ticket, ticket)) {
        known.home.move(known, place);
        return offer(known.home);
      }
      remove(ticket.id);
      const entry = createEntry(repoFor(ticket), place);
      entries.set(ticket.id, entry);
      entry.home.add(entry);
      offer(entry.home);
    },
    choose(count) {
      const chosen: Choice[] = [];
      const heads: Head[] = [];
      // The first so many choices come from the first so many repositories: all of one's others come after its first.
      for (let repo = count > 0 ? offers.first() : undefined; repo !== undefined; repo = offers.after(repo)) {
        const entry = repo.firstFree();
        if (entry !== undefined) heads.push({ entry, slots: slotsPerRepo - repo.running });
        if (heads.length >= count) break;
      }
      heads.reverse();
      for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
        const { entry, slots } = head;
        const { ticket, home } = entry;
        chosen.push({ ticket, how: howToTake(ticket) });
        if (chosen.length >= count) break;
        const next = slots > 1 ? home.freeAfter(entry) : undefined;
        if (next === undefined) continue;
        const other = { entry: next, slots: slots - 1 };
        insertAt(heads, findPlace(heads, other, compareHeads), other);
      }
      return chosen;
    },
  };
}

/** One repository's next choice, and in how many slots it may go on. */
interface Head {
  readonly entry: Entry;
  readonly slots: number;
}

/** The first last, to be taken from the end. */
function compareHeads(a: Head, b: Head): number {
  return compareTurns(b.entry.turn, a.entry.turn);
}

function howToTake({ status }: Ticket): Choice["how"] {
  return status.state === "ready" ? "claim" : status.state === "verifying" ? "revalidate" : "take-over";
}

/** Whether two say the same of their repository and its paths. */
function isSameClaim(a: Ticket, b: Ticket): boolean {
  if (a.domain !== b.domain || a.repo !== b.repo) return false;
  if (a.touches === b.touches && a.appends === b.appends && a.generates === b.generates) return true;
  return textOf(a) === textOf(b);
}

function textOf({ touches, appends, generates }: Ticket): string {
  return JSON.stringify([touches, appends, generates]);
}
