import type { Ticket } from "../../../src/contract/ticket.ts";
import type { TransitionResult } from "../../../src/core/ticket/ticket-event.ts";
import { transition } from "../../../src/core/ticket/transition.ts";
import type { Transition } from "./apply-purely.ts";

type Next = Extract<TransitionResult, { kind: "next" }>;

/** Changes what comes out where something does. */
function alter(change: (next: Next, ...args: Parameters<Transition>) => Next): Transition {
  return (...args) => {
    const result = transition(...args);
    return result.kind === "next" ? change(result, ...args) : result;
  };
}

const withTicket = (next: Next, changes: Partial<Ticket>): Next => ({ ...next, ticket: { ...next.ticket, ...changes } });
const accept = (ticket: Ticket, changes: Partial<Ticket>): Next => ({
  kind: "next",
  ticket: { ...ticket, ...changes, version: ticket.version + 1 },
  effects: [],
});

/**
 * One broken rule each. A checker that lets one of them pass checks nothing; `both` are found by random sequences and in
 * the state space, the others only where workers, leases and a main exist (`space`), or only by inputs that a well-behaved
 * worker never makes (`random`).
 */
export const faultyTransitions: readonly {
  readonly fault: string;
  readonly foundBy: "both" | "space" | "random";
  readonly transition: Transition;
}[] = [
  {
    fault: "a take-over keeps the epoch",
    foundBy: "both",
    transition: alter((next, ticket, event) => (event.kind === "take-over" ? withTicket(next, { epoch: ticket.epoch }) : next)),
  },
  {
    fault: "what an old epoch hands in is taken",
    foundBy: "both",
    transition: (ticket, event, context) =>
      event.kind === "hand-in" && ticket.status.state === "in_progress"
        ? accept(ticket, { status: { state: "verifying" }, work: event.work })
        : transition(ticket, event, context),
  },
  {
    fault: "it lands on whatever verdict",
    foundBy: "random",
    transition: (ticket, event, context) =>
      event.kind === "land" && ticket.status.state === "verifying"
        ? accept(ticket, { status: { state: "merged", commit: event.commit, receipt: event.receipt } })
        : transition(ticket, event, context),
  },
  {
    fault: "a verdict for any commit is taken",
    foundBy: "random",
    transition: (ticket, event, context) =>
      event.kind === "verdict" && ticket.status.state === "verifying"
        ? accept(ticket, { verdict: event.verdict })
        : transition(ticket, event, context),
  },
  {
    fault: "a failed verdict sends the ticket back",
    foundBy: "both",
    transition: alter((next, _ticket, event) =>
      event.kind === "verdict" && event.verdict.outcome === "fail" ? withTicket(next, { status: { state: "in_progress" } }) : next,
    ),
  },
  {
    fault: "unblocked tickets all go to ready",
    foundBy: "both",
    transition: alter((next, _ticket, event) =>
      event.kind === "clear" && next.ticket.status.state !== "blocked" ? withTicket(next, { status: { state: "ready" } }) : next,
    ),
  },
  {
    fault: "a second cause forgets the origin",
    foundBy: "both",
    transition: alter((next, ticket, event) =>
      event.kind === "block" && ticket.status.state === "blocked" && next.ticket.status.state === "blocked"
        ? withTicket(next, { status: { ...next.ticket.status, from: "draft" } })
        : next,
    ),
  },
  {
    fault: "merged can be blocked",
    foundBy: "both",
    transition: (ticket, event, context) =>
      event.kind === "block" && ticket.status.state === "merged"
        ? accept(ticket, { status: { state: "blocked", from: "verifying", causes: [...event.causes] } })
        : transition(ticket, event, context),
  },
  {
    fault: "superseded clears",
    foundBy: "random",
    transition: (ticket, event, context) =>
      event.kind === "clear" && ticket.status.state === "blocked" && event.causes.some((cause) => cause.kind === "superseded")
        ? accept(ticket, { status: { state: ticket.status.from } })
        : transition(ticket, event, context),
  },
  {
    fault: "causes are doubled",
    foundBy: "random",
    transition: alter((next, ticket, event) =>
      event.kind === "block" && ticket.status.state === "blocked" && next.ticket.status.state === "blocked"
        ? withTicket(next, { status: { ...next.ticket.status, causes: [...ticket.status.causes, ...event.causes] } })
        : next,
    ),
  },
  {
    fault: "a cause that names nothing is taken",
    foundBy: "random",
    transition: (ticket, event, context) =>
      event.kind === "block" && ticket.status.state === "ready"
        ? accept(ticket, { status: { state: "blocked", from: "ready", causes: [...event.causes] } })
        : transition(ticket, event, context),
  },
  {
    fault: "ready does not wait for dependencies",
    foundBy: "both",
    transition: alter((next, _ticket, event) => (event.kind === "ready" ? { ...next, effects: [] } : next)),
  },
  {
    fault: "a landing clears nobody",
    foundBy: "both",
    transition: alter((next) => ({ ...next, effects: next.effects.filter((effect) => effect.kind !== "clear-dependants") })),
  },
  {
    fault: "a blocked ticket keeps its lease",
    foundBy: "space",
    transition: alter((next) => ({ ...next, effects: next.effects.filter((effect) => effect.kind !== "release-lease") })),
  },
  {
    fault: "a ticket that is being landed can be withdrawn",
    foundBy: "space",
    transition: (ticket, event, context) => transition(ticket, event, { ...context, landing: false }),
  },
  {
    fault: "the version stays",
    foundBy: "both",
    transition: alter((next, ticket) => withTicket(next, { version: ticket.version })),
  },
  {
    fault: "a ready ticket is still a draft to the editor",
    foundBy: "random",
    transition: (ticket, event, context) =>
      event.kind === "edit" && ticket.status.state === "ready" ? accept(ticket, event.changes) : transition(ticket, event, context),
  },
  {
    fault: "a claim skips to verifying",
    foundBy: "both",
    transition: alter((next, _ticket, event) => (event.kind === "claim" ? withTicket(next, { status: { state: "verifying" } }) : next)),
  },
];
