import type { Ticket } from "../../../src/contract/ticket.ts";
import { pathsOverlap } from "../../../src/core/schedule/paths-overlap.ts";
import { isClosed } from "../../../src/core/ticket/cause.ts";
import { findTicketProblems } from "../../../src/core/ticket/find-ticket-problems.ts";
import { findStepProblems } from "./find-step-problems.ts";
import { type Budget, listMoves, type ModelMove, type ModelState, type Rules, reworksMax, startModel } from "./model-workspace.ts";

export interface Exploration {
  readonly states: number;
  readonly moves: number;
  /** States in which nothing but a person or a fault can move anything. */
  readonly ends: number;
  readonly allMerged: number;
  /** The first way in which a rule was broken, with the moves that lead there. */
  readonly broken?: { readonly problem: string; readonly path: readonly string[] };
}

interface Visited {
  readonly state: ModelState;
  readonly from: Visited | undefined;
  readonly by: string;
}

/** Every reachable state, breadth first, so that the path to the first broken rule is a shortest one. */
export function exploreModel(args: { budget: Budget; rules: Rules; statesMax: number }): Exploration {
  const start: Visited = { state: startModel(args.budget), from: undefined, by: "start" };
  const seen = new Set([keyOf(start.state)]);
  let frontier = [start];
  const tally = { moves: 0, ends: 0, allMerged: 0 };
  const stop = (problem: string, at: Visited, by: string): Exploration => ({
    states: seen.size,
    ...tally,
    broken: { problem, path: [...pathTo(at), by] },
  });
  while (frontier.length > 0) {
    const next: Visited[] = [];
    for (const visited of frontier) {
      let moves: ModelMove[];
      try {
        moves = listMoves(visited.state, args.rules);
      } catch (error) {
        return stop(String(error), visited, "then");
      }
      if (moves.every((move) => move.outside)) {
        tally.ends += 1;
        const stuck = findStuck(visited.state);
        if (stuck !== undefined) return stop(stuck, visited, "and there it stays");
        if (visited.state.tickets.every((ticket) => ticket.status.state === "merged")) tally.allMerged += 1;
      }
      for (const move of moves) {
        tally.moves += 1;
        const broken = move.steps.flatMap((step) => findStepProblems(step.before, step.event, step.after))[0];
        if (broken !== undefined) return stop(broken, visited, move.name);
        const key = keyOf(move.state);
        if (seen.has(key)) continue;
        seen.add(key);
        if (seen.size > args.statesMax) throw new Error(`more than ${args.statesMax} states: the model is not bounded as it should be`);
        const problem = findStateProblem(move.state);
        if (problem !== undefined) return stop(problem, visited, move.name);
        next.push({ state: move.state, from: visited, by: move.name });
      }
    }
    frontier = next;
  }
  return { states: seen.size, ...tally };
}

/** What must hold in every state, whoever is where. */
function findStateProblem(state: ModelState): string | undefined {
  const { tickets, main, leases, landings } = state;
  const broken = findTicketProblems(tickets)[0];
  if (broken !== undefined) return `${broken.rule}: ${broken.id} ${broken.problem}`;
  const find = (id: string): Ticket => tickets.find((ticket) => ticket.id === id) as Ticket;
  if (new Set(main).size !== main.length) return "I7: a ticket landed twice";
  for (const [at, id] of main.entries()) {
    const ticket = find(id);
    if (ticket.status.state !== "merged" && !(id in landings)) return `I7: main holds ${id}, and nobody knows`;
    if (ticket.status.state !== "merged" && isClosed(ticket)) return `T2: main holds ${id}, which was given up`;
    for (const dependency of ticket.dependsOn.map(find)) {
      const before = endOf(dependency, find);
      if (!main.slice(0, at).includes(before.id) && !isClosed(before)) return `T3: ${id} landed before ${before.id}`;
    }
  }
  for (const ticket of tickets) {
    if (ticket.status.state === "merged" && !main.includes(ticket.id)) return `I3: ${ticket.id} is merged, but main does not hold it`;
    if (ticket.rework > reworksMax) return `T4: ${ticket.id} is rework ${ticket.rework}`;
    const begun = ticket.status.state === "in_progress" || ticket.status.state === "verifying";
    if (ticket.id in leases && !begun) return `T2: ${ticket.id} is ${ticket.status.state} and holds a lease`;
  }
  const live = Object.entries(leases).flatMap(([id, holder]) => (holder === "dead" ? [] : [find(id)]));
  for (const [at, ticket] of live.entries())
    for (const other of live.slice(0, at)) if (pathsOverlap(ticket, other)) return `T7: ${ticket.id} and ${other.id} run at once`;
  return undefined;
}

/** In a state where only a person or a fault can move anything: nothing that work alone could finish is left. */
function findStuck({ tickets, landings }: ModelState): string | undefined {
  const waiting = tickets.find(({ status }) => !["draft", "blocked", "merged"].includes(status.state));
  if (waiting !== undefined) return `stuck: ${waiting.id} is ${waiting.status.state}, and nobody can take it`;
  return Object.keys(landings).length > 0 ? "stuck: an intent to land is left" : undefined;
}

function endOf(ticket: Ticket, find: (id: string) => Ticket): Ticket {
  return ticket.successor === undefined ? ticket : endOf(find(ticket.successor), find);
}

/** Versions, titles and bodies make no difference to what can happen; nor does which worker is called which. */
function keyOf(state: ModelState): string {
  const tickets = state.tickets.map(({ status, epoch, work, verdict, successor }) => [
    status.state === "blocked" ? [status.from, status.causes.map((cause) => `${cause.kind} ${cause.ref ?? ""}`).sort()] : status.state,
    epoch,
    work?.epoch,
    verdict?.outcome,
    successor,
  ]);
  const rest = [state.landings, state.main, Object.values(state.budget)];
  const named = ([a, b]: readonly [0 | 1, 0 | 1]): string => {
    const rename = (holder: unknown): unknown => (holder === 0 ? a : holder === 1 ? b : holder);
    const leases = Object.entries(state.leases).map(([id, holder]) => [id, rename(holder)]);
    const workers = a === 0 ? state.workers : [state.workers[1], state.workers[0]];
    return JSON.stringify([tickets, rest, leases.sort(), rename(state.lane), workers]);
  };
  return [named([0, 1]), named([1, 0])].sort()[0] ?? "";
}

function pathTo(visited: Visited): string[] {
  return visited.from === undefined ? [] : [...pathTo(visited.from), visited.by];
}
