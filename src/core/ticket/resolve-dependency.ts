import type { Workspace } from "../../contract/config.ts";
import type { Cause, Ticket } from "../../contract/ticket.ts";
import { isSuperseded, isWithdrawn } from "./cause.ts";

/** What an id in `dependsOn` means now (T3): the end of its successor chain, and how that stands. */
export interface ResolvedDependency {
  readonly id: string;
  /** The last of the chain: `id` itself when nothing superseded it. */
  readonly end: string;
  readonly state: "merged" | "open" | "withdrawn" | "missing";
}

/** Follows the chain of successors (T3). A chain that breaks off or bites its tail is `missing`. */
export function resolveDependency(id: string, find: (id: string) => Ticket | undefined): ResolvedDependency {
  const seen = new Set<string>();
  let end = id;
  for (;;) {
    const ticket = find(end);
    if (ticket === undefined || seen.has(end)) return { id, end, state: "missing" };
    seen.add(end);
    if (ticket.status.state === "merged") return { id, end, state: "merged" };
    if (!isSuperseded(ticket)) return { id, end, state: isWithdrawn(ticket) ? "withdrawn" : "open" };
    if (ticket.successor === undefined) return { id, end, state: "missing" };
    end = ticket.successor;
  }
}

/** The cause with which a dependency that is not merged holds its dependant; none for one that is. */
export function causeOfDependency(ticketId: string, dependency: ResolvedDependency): Cause | undefined {
  switch (dependency.state) {
    case "merged":
      return undefined;
    case "open":
      return {
        kind: "dependency",
        ref: dependency.end,
        clears: `${dependency.end} merges`,
        ...(dependency.end === dependency.id ? {} : { detail: `${dependency.end} came after ${dependency.id}` }),
      };
    case "withdrawn":
    case "missing":
      return {
        kind: "question",
        ref: dependency.end,
        clears: `the operator answers: mos ticket answer ${ticketId}`,
        detail: `${dependency.end} was ${dependency.state === "withdrawn" ? "withdrawn" : "lost"}. Should ${ticketId} go on without it?`,
      };
  }
}

/**
 * A cycle in a graph of dependencies, as the ids along it with the first named again at its end; `undefined` for none.
 * Iterative, so that a long chain cannot exhaust the stack.
 */
export function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  for (const root of edges.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { readonly id: string; readonly leave: boolean }[] = [{ id: root, leave: false }];
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      if (step.leave) {
        path.pop();
        onPath.delete(step.id);
        done.add(step.id);
        continue;
      }
      if (onPath.has(step.id)) return [...path.slice(path.indexOf(step.id)), step.id];
      if (done.has(step.id)) continue;
      path.push(step.id);
      onPath.add(step.id);
      stack.push({ id: step.id, leave: true });
      for (const next of edges.get(step.id) ?? []) stack.push({ id: next, leave: false });
    }
  }
  return undefined;
}

/** The edges that `findCycle` walks: what a ticket depends on, and, once it is superseded, its successor. */
export function listEdges(tickets: Iterable<Pick<Ticket, "id" | "dependsOn" | "successor">>): Map<string, string[]> {
  const edges = new Map<string, string[]>();
  for (const { id, dependsOn, successor } of tickets) edges.set(id, successor === undefined ? [...dependsOn] : [...dependsOn, successor]);
  return edges;
}

/** Whether a dependency between these domains would cross a sealed border (T3). */
export function crossesSealedBorder(args: { from: string; to: string; sealedDomains: readonly string[] }): boolean {
  return args.from !== args.to && (args.sealedDomains.includes(args.from) || args.sealedDomains.includes(args.to));
}

/** The names of all sealed domains: what `createTicket` wants to know. */
export function listSealedDomains(workspace: Workspace): string[] {
  return workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name);
}
