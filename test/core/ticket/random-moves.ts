import fc from "fast-check";
import { type Cause, CauseKind, type Ticket } from "../../../src/contract/ticket.ts";
import type { TicketEvent } from "../../../src/core/ticket/ticket-event.ts";
import { makeTicket, objectId } from "../../support/make-ticket.ts";

export interface Move {
  readonly id: string;
  readonly event: TicketEvent | "forward";
  readonly operator: boolean;
  readonly landing: boolean;
}

/** MUS-3 waits for MUS-2, MUS-2 for MUS-1; MUS-4 waits for both ends. MUS-5 and MUS-6 are spare, to succeed. */
export const startTickets: readonly Ticket[] = [
  makeTicket({ id: "MUS-1" }),
  makeTicket({ id: "MUS-2", dependsOn: ["MUS-1"] }),
  makeTicket({ id: "MUS-3", dependsOn: ["MUS-2"] }),
  makeTicket({ id: "MUS-4", dependsOn: ["MUS-1", "MUS-3"] }),
  makeTicket({ id: "MUS-5", provenance: { candidates: [] } }),
  makeTicket({ id: "MUS-6", accept: [{ text: "looks well" }] }),
];
const ids = startTickets.map((ticket) => ticket.id);

/** Small numbers stand for epochs and commits, so that right ones and wrong ones both come often. */
const epoch = fc.integer({ min: 1, max: 3 });
const commit = fc.integer({ min: 1, max: 2 }).map(objectId);
const work = fc.record({ epoch, base: commit, commit, tree: commit });
const causeKind = fc.constantFrom(...CauseKind.options.filter((kind) => kind !== "dependency"));
const cause: fc.Arbitrary<Cause> = fc.record({ kind: causeKind, clears: fc.constantFrom("the operator", "a person looks", "") });
const matchKind = fc.constantFrom(...CauseKind.options);

export const randomEvent: fc.Arbitrary<TicketEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<TicketEvent>({ kind: "ready" }) },
  { weight: 4, arbitrary: fc.constantFrom<TicketEvent>({ kind: "claim" }) },
  { weight: 1, arbitrary: fc.constantFrom<TicketEvent>({ kind: "take-over" }, { kind: "revalidate" }, { kind: "withdraw" }) },
  { weight: 1, arbitrary: fc.constantFrom<TicketEvent>({ kind: "edit", changes: { title: "Other", accept: [{ text: "t", run: "t" }] } }) },
  { weight: 6, arbitrary: work.map((of): TicketEvent => ({ kind: "hand-in", work: of })) },
  { weight: 1, arbitrary: work.map((of): TicketEvent => ({ kind: "replace-work", work: of })) },
  {
    weight: 6,
    arbitrary: fc
      .record({ commit, outcome: fc.constantFrom("pass" as const, "pass" as const, "fail" as const), id: fc.constant("v") })
      .map((verdict): TicketEvent => ({ kind: "verdict", verdict })),
  },
  { weight: 6, arbitrary: commit.map((of): TicketEvent => ({ kind: "land", commit: of, receipt: "r" })) },
  { weight: 2, arbitrary: fc.array(cause, { minLength: 1, maxLength: 2 }).map((causes): TicketEvent => ({ kind: "block", causes })) },
  { weight: 3, arbitrary: matchKind.map((kind): TicketEvent => ({ kind: "clear", causes: [{ kind }] })) },
  { weight: 1, arbitrary: fc.constantFrom("MUS-5", "MUS-6").map((successor): TicketEvent => ({ kind: "supersede", successor })) },
);
/** Mostly the first tickets, so that whole chains come to their end. */
const id = fc.oneof({ weight: 3, arbitrary: fc.constantFrom("MUS-1", "MUS-2") }, { weight: 2, arbitrary: fc.constantFrom(...ids) });
const move = fc.oneof({ weight: 2, arbitrary: fc.constant("forward" as const) }, { weight: 3, arbitrary: randomEvent });
export const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({ id, event: move, operator: fc.boolean(), landing: fc.boolean() }),
  { minLength: 20, maxLength: 120 },
);

/** The event of a move, as the tickets stand; none where the store would not let it get to a transition. */
export function nextEvent(tickets: readonly Ticket[], { id: to, event }: Pick<Move, "id" | "event">): TicketEvent | undefined {
  const next = event === "forward" ? goForward(tickets.find((ticket) => ticket.id === to)) : event;
  // A circle through the spare tickets: `checkDependencies` refuses it before.
  return next.kind === "supersede" && (to === "MUS-5" || to === "MUS-6") ? undefined : next;
}

/** What a worker that does all right would do next: without it hardly any sequence gets to a landing. */
function goForward(ticket: Ticket | undefined): TicketEvent {
  switch (ticket?.status.state) {
    case "ready":
      return { kind: "claim" };
    case "in_progress":
      return { kind: "hand-in", work: { epoch: ticket.epoch, base: objectId(1), commit: objectId(1), tree: objectId(1) } };
    case "verifying":
      return ticket.verdict?.outcome === "pass"
        ? { kind: "land", commit: objectId(9), receipt: "r" }
        : { kind: "verdict", verdict: { commit: ticket.work?.commit ?? "", outcome: "pass", id: "v" } };
    case "blocked":
      return { kind: "clear", causes: ticket.status.causes.filter((one) => one.kind !== "dependency") };
    default:
      return { kind: "ready" };
  }
}
