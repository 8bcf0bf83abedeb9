import { unreachable } from "../../contract/error.ts";
import type { Cause, OpenState, Ticket, TicketState } from "../../contract/ticket.ts";
import { addCauses, isClosed, isFinalCause, listCauses, matchesCause } from "./cause.ts";
import { causeOfDependency } from "./resolve-dependency.ts";
import type { CauseMatch, Refusal, TicketEffect, TicketEvent, TransitionContext, TransitionResult } from "./ticket-event.ts";

type StateName = TicketState["state"];
const notMerged: readonly StateName[] = ["draft", "ready", "in_progress", "verifying", "blocked"];

/** T1 as data: in which states an event may happen. */
const allowedIn: Readonly<Record<TicketEvent["kind"], readonly StateName[]>> = {
  edit: ["draft"],
  ready: ["draft"],
  claim: ["ready"],
  "take-over": ["in_progress"],
  "hand-in": ["in_progress"],
  revalidate: ["verifying"],
  "replace-work": ["verifying"],
  verdict: ["verifying"],
  land: ["verifying"],
  block: notMerged,
  clear: ["blocked"],
  supersede: notMerged,
  withdraw: notMerged,
};

/**
 * The ticket after an event, with the effects that its storing must have, or why it may not happen (T1–T9).
 * Pure: the same ticket, event and context give the same answer; nothing is changed in place. `version` rises by one.
 */
export function transition(ticket: Ticket, event: TicketEvent, context: TransitionContext = {}): TransitionResult {
  const state = ticket.status.state;
  if (!allowedIn[event.kind].includes(state)) return refuseState(ticket, event);
  switch (event.kind) {
    case "edit":
      return next(ticket, { ...event.changes });
    case "ready":
      return makeReady(event.provenance === undefined ? ticket : { ...ticket, provenance: event.provenance }, context);
    case "claim":
      return claim(ticket, context);
    case "take-over":
    case "revalidate":
      return next(ticket, { epoch: ticket.epoch + 1 });
    case "hand-in":
      return takeWork(ticket, event.work);
    case "replace-work":
      return refuseWhileLanding(ticket, context) ?? takeWork(ticket, event.work);
    case "verdict":
      return refuseWhileLanding(ticket, context) ?? recordVerdict(ticket, event.verdict);
    case "land":
      return land(ticket, event);
    case "block":
      return block(ticket, event.causes, context);
    case "clear":
      return clear(ticket, event.causes, context);
    case "supersede":
      return supersede(ticket, event.successor, context);
    case "withdraw":
      return withdraw(ticket, context);
    default:
      return unreachable(event);
  }
}

function next(ticket: Ticket, changes: Partial<Ticket>, effects: readonly TicketEffect[] = []): TransitionResult {
  return { kind: "next", ticket: { ...ticket, ...changes, version: ticket.version + 1 }, effects };
}

function refuse(rule: string, reason: string, remedy: string): Refusal {
  return { kind: "refused", rule, reason, remedy };
}

function refuseState(ticket: Ticket, event: TicketEvent): Refusal {
  const { id, status } = ticket;
  if (status.state === "merged") return refuse("T1", `${id} is merged, which is final.`, `File a new ticket: mos ticket new --file F`);
  if (event.kind === "edit") return refuse("T9", `${id} is ${status.state}: only a draft can be edited.`, `Withdraw it and file another.`);
  if (status.state === "blocked") {
    const waits = status.causes.map((cause) => cause.clears || cause.kind).join("; ");
    return refuse("T1", `${id} is blocked and cannot take "${event.kind}".`, `It resumes as ${status.from} when: ${waits}.`);
  }
  const where = allowedIn[event.kind].join(", ");
  return refuse("T1", `${id} is ${status.state} and cannot take "${event.kind}".`, `That happens only to a ticket that is ${where}.`);
}

function makeReady(ticket: Ticket, context: TransitionContext): TransitionResult {
  const { id, provenance } = ticket;
  const authorised =
    provenance.decision !== undefined ||
    provenance.predecessor !== undefined ||
    provenance.standing !== undefined ||
    context.authority === "operator";
  if (!authorised)
    return refuse("T9", `${id} has no decision behind it.`, `Decide it in a session, or release it yourself: mos ticket ready ${id}`);
  if (!ticket.accept.some((point) => point.run !== undefined))
    return refuse("T9", `${id} has no acceptance point that can be checked.`, `Give one point of "accept" a command ("run").`);
  const facts = checkFacts(ticket, context);
  if (facts !== undefined) return facts;
  const causes = (context.dependencies ?? []).flatMap((dependency) => causeOfDependency(id, dependency) ?? []);
  // Two transitions, not one: draft → blocked would have draft as its origin (T1), and the log shows each.
  return next(ticket, { status: { state: "ready" } }, causes.length > 0 ? [{ kind: "block", causes: addCauses([], causes) }] : []);
}

function claim(ticket: Ticket, context: TransitionContext): TransitionResult {
  const facts = checkFacts(ticket, context);
  if (facts !== undefined) return facts;
  const open = (context.dependencies ?? []).filter((dependency) => dependency.state === "open");
  if (open.length > 0) {
    const ids = open.map((dependency) => dependency.end).join(", ");
    return refuse("T3", `${ticket.id} depends on ${ids}, not merged yet.`, `It can be claimed when ${ids} merged.`);
  }
  return next(ticket, { status: { state: "in_progress" }, epoch: ticket.epoch + 1 });
}

function checkFacts(ticket: Ticket, context: TransitionContext): Refusal | undefined {
  const known = new Set(context.dependencies?.map((dependency) => dependency.id));
  const unknown = ticket.dependsOn.filter((id) => !known.has(id));
  if (unknown.length === 0) return undefined;
  return refuse("T3", `It is not known how ${unknown.join(", ")} stands, on which ${ticket.id} depends.`, `Name tickets that exist.`);
}

function takeWork(ticket: Ticket, work: NonNullable<Ticket["work"]>): TransitionResult {
  if (work.epoch !== ticket.epoch) {
    const reason = `Attempt ${work.epoch} of ${ticket.id} handed in, but attempt ${ticket.epoch} has taken over.`;
    return refuse("T5", reason, `Leave it: the latest attempt goes on. The work stays at refs/mos/work/${ticket.id}/${work.epoch}.`);
  }
  const { verdict: _of, ...rest } = ticket;
  return next(rest, { status: { state: "verifying" }, work });
}

function recordVerdict(ticket: Ticket, verdict: NonNullable<Ticket["verdict"]>): TransitionResult {
  if (ticket.work?.commit !== verdict.commit) {
    const reason = `The verdict is for ${verdict.commit}, but ${ticket.id} has ${ticket.work?.commit ?? "no work"}.`;
    return refuse("T4", reason, `Verify the commit that was handed in.`);
  }
  return next(ticket, { verdict }, verdict.outcome === "fail" ? [{ kind: "file-successor" }] : []);
}

function land(ticket: Ticket, event: { commit: string; receipt: string }): TransitionResult {
  const { id, work, verdict } = ticket;
  if (work === undefined || verdict?.commit !== work.commit || verdict.outcome !== "pass")
    return refuse("T1", `${id} has no passing verdict for its work.`, `It lands when its exact commit has been verified.`);
  if (event.receipt === "") return refuse("T1", `${id} cannot land without a receipt.`, `Land it through the gate: mos run --ticket ${id}`);
  const status = { state: "merged" as const, commit: event.commit, receipt: event.receipt };
  return next(ticket, { status }, [{ kind: "release-lease" }, { kind: "clear-dependants" }]);
}

function block(ticket: Ticket, causes: readonly Cause[], context: TransitionContext): TransitionResult {
  const busy = refuseWhileLanding(ticket, context);
  if (busy !== undefined) return busy;
  if (causes.length === 0) return refuse("T2", `Nothing says why ${ticket.id} should wait.`, `Name a cause and what clears it.`);
  for (const cause of causes) {
    if (isFinalCause(cause))
      return refuse("T2", `${ticket.id} cannot be blocked as "${cause.kind}".`, `Supersede ${ticket.id} with a successor, or withdraw it.`);
    if (cause.clears.trim() === "")
      return refuse("T2", `The cause "${cause.kind}" of ${ticket.id} names nothing that clears it.`, `Say what will clear it.`);
    if (cause.kind === "dependency" && cause.ref === undefined)
      return refuse("T2", `A dependency of ${ticket.id} is not named.`, `Name the ticket it waits for.`);
  }
  return blocked(ticket, causes);
}

function blocked(
  ticket: Ticket,
  causes: readonly Cause[],
  changes: Partial<Ticket> = {},
  effects: readonly TicketEffect[] = [],
): TransitionResult {
  const status = { state: "blocked" as const, from: originOf(ticket), causes: addCauses(listCauses(ticket), causes) };
  return next(ticket, { ...changes, status }, [{ kind: "release-lease" }, ...effects]);
}

/** The one origin that `blocked` keeps (T2): a second cause does not change it. */
function originOf({ status }: Ticket): OpenState {
  if (status.state === "blocked") return status.from;
  // The table lets nothing that would block reach a merged ticket.
  if (status.state === "merged") throw new Error("a merged ticket has no origin to return to");
  return status.state;
}

function clear(ticket: Ticket, matches: readonly CauseMatch[], context: TransitionContext): TransitionResult {
  const { id, status } = ticket;
  if (status.state !== "blocked") return refuse("T1", `${id} is not blocked.`, `Nothing needs to be cleared.`);
  const final = matches.find(isFinalCause);
  if (final !== undefined)
    return refuse(
      "T2",
      `${id} is ${final.kind}, which never clears.`,
      ticket.successor ? `Follow ${ticket.successor}.` : `File a new ticket.`,
    );
  const causes = status.causes.filter((cause) => !matches.some((match) => matchesCause(cause, match)));
  if (causes.length === status.causes.length)
    return refuse(
      "T2",
      `${id} has no such cause.`,
      `It waits for: ${status.causes.map((cause) => cause.clears || cause.kind).join("; ")}.`,
    );
  const cleared = status.causes.filter((cause) => cause.kind === "dependency" && !causes.includes(cause));
  const facts = cleared.length > 0 ? (checkFacts(ticket, context) ?? refuseOpen(ticket, cleared, context)) : undefined;
  if (facts !== undefined) return facts;
  return causes.length > 0
    ? next(ticket, { status: { ...status, causes } })
    : next(forgetFailure(ticket), { status: { state: status.from } });
}

/** Who lets a failed ticket go on wants its work judged again: with the old verdict it would be blocked again at once. */
function forgetFailure(ticket: Ticket): Ticket {
  if (ticket.verdict?.outcome !== "fail") return ticket;
  const { verdict: _failed, ...rest } = ticket;
  return rest;
}

function refuseOpen(ticket: Ticket, cleared: readonly Cause[], context: TransitionContext): Refusal | undefined {
  const open = context.dependencies?.find(
    (dependency) => dependency.state === "open" && cleared.some((cause) => cause.ref === dependency.end),
  );
  if (open === undefined) return undefined;
  return refuse("T3", `${ticket.id} depends on ${open.end}, not merged yet.`, `It resumes when ${open.end} merges.`);
}

function supersede(ticket: Ticket, successor: string, context: TransitionContext): TransitionResult {
  const refused = refuseWhileLanding(ticket, context) ?? refuseClosed(ticket);
  if (refused !== undefined) return refused;
  if (successor === ticket.id) return refuse("T4", `${ticket.id} cannot come after itself.`, `File a successor.`);
  const cause: Cause = { kind: "superseded", clears: "", ref: successor };
  return blocked(ticket, [cause], { successor }, [{ kind: "clear-dependants" }]);
}

function withdraw(ticket: Ticket, context: TransitionContext): TransitionResult {
  const refused = refuseWhileLanding(ticket, context) ?? refuseClosed(ticket);
  return refused ?? blocked(ticket, [{ kind: "withdrawn", clears: "" }], {}, [{ kind: "clear-dependants" }]);
}

function refuseClosed(ticket: Ticket): Refusal | undefined {
  if (!isClosed(ticket)) return undefined;
  if (ticket.successor === undefined) return refuse("T2", `${ticket.id} is withdrawn already.`, `File a new ticket.`);
  return refuse("T2", `${ticket.id} is superseded by ${ticket.successor}.`, `Do that to ${ticket.successor}.`);
}

/** Between the intent to land and its end, main may hold the work: only the landing's own end may move the ticket (I7). */
function refuseWhileLanding(ticket: Ticket, context: TransitionContext): Refusal | undefined {
  if (context.landing !== true) return undefined;
  return refuse("T6", `${ticket.id} is being landed.`, `Let the landing end (after a crash: mos run), then look again.`);
}
