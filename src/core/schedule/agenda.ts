import type { Ticket } from "../../contract/ticket.ts";
import { compareTurns, isBegun, type Turn, turnOf } from "./compare-turn.ts";
import { compileClaim, type PathClaim } from "./paths-overlap.ts";
import { createRepoAgenda, type Entry, type Place, type RepoAgenda } from "./repo-agenda.ts";
import { createSortedList } from "./sorted-list.ts";

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
 * With n tickets, `put` and `remove` cost O(log n) and the comparison with those of the same repository whose paths lie
 * near; `choose` O(count · log count).
 *
 * @param slotsPerRepo  how many of one repository run at once; default any number
 */
export function createAgenda({ slotsPerRepo = Number.POSITIVE_INFINITY }: { slotsPerRepo?: number } = {}): Agenda {
  const entries = new Map<string, Entry>();
  const repos = new Map<string, Repo>();
  /** Repositories that have something to offer, by what they offer first. */
  const offers = createSortedList<Repo>((a, b) => compareTurns(a.first as Turn, b.first as Turn));

  /** A repository's place among the offers follows from its first: it leaves, changes, and comes back. */
  const change = (key: string, body: (agenda: RepoAgenda) => void): void => {
    const repo = repos.get(key) ?? { agenda: createRepoAgenda(), first: undefined };
    repos.set(key, repo);
    const before = repo.first;
    body(repo.agenda);
    const after = repo.agenda.running < slotsPerRepo ? repo.agenda.free.first()?.place.turn : undefined;
    if (after === before) return;
    if (before !== undefined) offers.remove(repo);
    repo.first = after;
    if (after !== undefined) offers.add(repo);
  };
  const remove = (id: string): void => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    change(repoOf(entry.place.ticket), (agenda) => agenda.remove(entry));
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
      const place: Place = { ticket, turn: turnOf(ticket), rank: running ? 0 : begun ? 1 : 2, open };
      const known = entries.get(ticket.id);
      if (known !== undefined && repoOf(known.place.ticket) === repoOf(ticket) && isSameClaim(known.place.ticket, ticket))
        return change(repoOf(ticket), (agenda) => agenda.move(known, place));
      remove(ticket.id);
      const entry: Entry = { place, claim: compileClaim(ticket), waitsFor: undefined, holdsUp: undefined, isFree: false };
      entries.set(ticket.id, entry);
      change(repoOf(ticket), (agenda) => agenda.add(entry));
    },
    choose(count) {
      const chosen: Choice[] = [];
      const next = createSortedList<Offer>((a, b) => compareTurns(a.entry.place.turn, b.entry.place.turn));
      const offerNext = (rest: Iterator<Entry>, slots: number): void => {
        const { value } = slots > 0 ? rest.next() : { value: undefined };
        if (value !== undefined) next.add({ entry: value, rest, slots: slots - 1 });
      };
      // The first so many choices come from the first so many repositories: all of one's others come after its first.
      let left = count;
      for (const { agenda } of left > 0 ? offers.ascend() : []) {
        offerNext(agenda.free.ascend(), slotsPerRepo - agenda.running);
        left -= 1;
        if (left <= 0) break;
      }
      for (let offer = next.first(); offer !== undefined && chosen.length < count; offer = next.first()) {
        next.remove(offer);
        const { ticket } = offer.entry.place;
        chosen.push({ ticket, how: howToTake(ticket) });
        offerNext(offer.rest, offer.slots);
      }
      return chosen;
    },
  };
}

interface Repo {
  readonly agenda: RepoAgenda;
  /** The turn of the first that it offers. */
  first: Turn | undefined;
}

/** One repository's next choice, and what comes after it. */
interface Offer {
  readonly entry: Entry;
  readonly rest: Iterator<Entry>;
  readonly slots: number;
}

function howToTake({ status }: Ticket): Choice["how"] {
  return status.state === "ready" ? "claim" : status.state === "verifying" ? "revalidate" : "take-over";
}

function isSameClaim(a: PathClaim, b: PathClaim): boolean {
  if (a.touches === b.touches && a.appends === b.appends && a.generates === b.generates) return true;
  const texts = [a, b].map(({ touches, appends, generates }) => JSON.stringify([touches, appends, generates]));
  return texts[0] === texts[1];
}

function repoOf(ticket: Ticket): string {
  return `${ticket.domain}/${ticket.repo}`;
}
