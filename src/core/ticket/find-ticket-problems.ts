import type { OpenState, Ticket } from "../../contract/ticket.ts";
import { isFinalCause, isSuperseded, listCauses } from "./cause.ts";
import { crossesSealedBorder, findCycle, listEdges, resolveDependency } from "./resolve-dependency.ts";

export interface TicketProblem {
  readonly id: string;
  /** The rule of docs/spec/ticket.md that does not hold. */
  readonly rule: string;
  readonly problem: string;
}

/**
 * Where a set of stored tickets breaks T1 to T9. Says nothing of how it came to be, and shares no step with `transition`:
 * it is what the doctor and the tests hold that against. Empty when all is well.
 *
 * @param tickets all of the workspace
 */
export function findTicketProblems(tickets: readonly Ticket[], args: { sealedDomains?: readonly string[] } = {}): TicketProblem[] {
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const find = (id: string): Ticket | undefined => byId.get(id);
  const cycle = findCycle(listEdges(tickets));
  return [
    ...tickets.flatMap((ticket) => [
      ...findMergedProblems(ticket),
      ...findCauseProblems(ticket),
      ...findChainProblems(ticket, find),
      ...findDependencyProblems(ticket, find),
      ...findBorderProblems(ticket, find, args.sealedDomains ?? []),
      ...findAttemptProblems(ticket),
      ...findReadinessProblems(ticket),
    ]),
    ...(cycle === undefined ? [] : [{ id: cycle[0] ?? "", rule: "T3", problem: `waits for itself: ${cycle.join(" → ")}` }]),
  ];
}

function report(holds: boolean, ticket: Ticket, rule: string, problem: string): TicketProblem[] {
  return holds ? [] : [{ id: ticket.id, rule, problem }];
}

function findMergedProblems(ticket: Ticket): TicketProblem[] {
  const { status, work, verdict } = ticket;
  if (status.state !== "merged") return [];
  return [
    ...report(status.receipt !== "", ticket, "T1", "is merged without a receipt"),
    ...report(
      work !== undefined && verdict?.commit === work.commit && verdict.outcome === "pass",
      ticket,
      "T1",
      "is merged without a passing verdict for its work",
    ),
    ...report(ticket.successor === undefined, ticket, "T1", "is merged and yet has a successor"),
  ];
}

function findCauseProblems(ticket: Ticket): TicketProblem[] {
  const causes = listCauses(ticket);
  if (ticket.status.state !== "blocked") return [];
  const keys = causes.map((cause) => JSON.stringify([cause.kind, cause.ref]));
  return [
    ...report(causes.length > 0, ticket, "T2", "is blocked without a cause"),
    ...report(new Set(keys).size === keys.length, ticket, "T2", "has the same cause twice"),
    ...causes.flatMap((cause) =>
      report(
        isFinalCause(cause) || cause.clears.trim() !== "",
        ticket,
        "T2",
        `has a cause (${cause.kind}) that names nothing that clears it`,
      ),
    ),
  ];
}

function findChainProblems(ticket: Ticket, find: (id: string) => Ticket | undefined): TicketProblem[] {
  const { successor } = ticket;
  const cause = listCauses(ticket).find((one) => one.kind === "superseded");
  if (successor === undefined) return report(cause === undefined, ticket, "T4", "is superseded without a successor");
  return [
    ...report(isSuperseded(ticket) && cause?.ref === successor, ticket, "T4", `has the successor ${successor} but is not superseded by it`),
    ...report(find(successor) !== undefined, ticket, "T4", `has the successor ${successor}, which does not exist`),
  ];
}

/** Where it stands, or will when it is unblocked. */
function placeOf(ticket: Ticket): OpenState | "merged" {
  return ticket.status.state === "blocked" ? ticket.status.from : ticket.status.state;
}

function findDependencyProblems(ticket: Ticket, find: (id: string) => Ticket | undefined): TicketProblem[] {
  const place = placeOf(ticket);
  const waitsFor = listCauses(ticket).flatMap((cause) => (cause.kind === "dependency" ? [cause.ref] : []));
  const resolved = ticket.dependsOn.map((id) => resolveDependency(id, find));
  return [
    ...resolved.flatMap(({ id, end, state }) => [
      ...report(state !== "missing", ticket, "T3", `depends on ${id}, which does not exist`),
      ...report(state !== "open" || place === "draft" || waitsFor.includes(end), ticket, "T3", `is ${place} although ${end} is not merged`),
      ...report(state !== "open" || place === "draft" || place === "ready", ticket, "T3", `was begun although ${end} is not merged`),
    ]),
    ...waitsFor.flatMap((ref) =>
      report(
        resolved.some((dependency) => dependency.end === ref && dependency.state === "open"),
        ticket,
        "T3",
        `still waits for ${ref ?? "no one"}, which is not an open dependency of it`,
      ),
    ),
  ];
}

function findBorderProblems(ticket: Ticket, find: (id: string) => Ticket | undefined, sealedDomains: readonly string[]): TicketProblem[] {
  return ticket.dependsOn.flatMap((id) => {
    const to = find(id)?.domain ?? ticket.domain;
    const crosses = crossesSealedBorder({ from: ticket.domain, to, sealedDomains });
    return report(!crosses, ticket, "T3", `depends on ${id} across a sealed border`);
  });
}

function findAttemptProblems(ticket: Ticket): TicketProblem[] {
  const { epoch, work, verdict } = ticket;
  const place = placeOf(ticket);
  const begun = place !== "draft" && place !== "ready";
  const handedIn = place === "verifying" || place === "merged";
  return [
    ...report(begun === epoch > 0, ticket, "T5", `is ${place} after ${epoch} attempts`),
    ...report((work !== undefined) === handedIn, ticket, "T5", `is ${place} ${work === undefined ? "without" : "with"} work handed in`),
    ...report(work === undefined || work.epoch <= epoch, ticket, "T5", "holds work of an attempt that has not been made"),
    ...report(verdict === undefined || verdict.commit === work?.commit, ticket, "T4", "has a verdict for another commit"),
  ];
}

function findReadinessProblems(ticket: Ticket): TicketProblem[] {
  const frozen = placeOf(ticket) !== "draft";
  return report(!frozen || ticket.accept.some((point) => point.run !== undefined), ticket, "T9", "has nothing that can be checked");
}
