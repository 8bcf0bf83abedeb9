import type { Ticket, TicketState } from "../../../src/contract/ticket.ts";
import type { TicketEvent } from "../../../src/core/ticket/ticket-event.ts";

/** T1, written down a second time: `from > to`, where a blocked one is named with its origin. */
const open = ["draft", "ready", "in_progress", "verifying"];
const allowedSteps = new Set([
  "draft > ready",
  "ready > in_progress",
  "in_progress > verifying",
  "verifying > merged",
  ...open.flatMap((state) => [`${state} > blocked:${state}`, `blocked:${state} > ${state}`, `blocked:${state} > blocked:${state}`]),
]);

/** Events that leave the state as it is, and in which. */
const staying: Partial<Record<TicketEvent["kind"], string>> = {
  edit: "draft",
  "take-over": "in_progress",
  revalidate: "verifying",
  "replace-work": "verifying",
  verdict: "verifying",
};

const isFinal = (cause: { kind: string }): boolean => cause.kind === "superseded" || cause.kind === "withdrawn";
const nameState = (status: TicketState): string => (status.state === "blocked" ? `blocked:${status.from}` : status.state);

/**
 * What is wrong with one step of a ticket, by the words of docs/spec/ticket.md alone: the oracle that a faulty transition
 * is held against. Knows nothing of `transition` and its table.
 */
export function findStepProblems(before: Ticket, event: TicketEvent, after: Ticket): string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(`${problem} (${event.kind}: ${nameState(before.status)} > ${nameState(after.status)})`);
  };
  const [from, to] = [nameState(before.status), nameState(after.status)];
  expect(
    from === to ? staying[event.kind] === from || from.startsWith("blocked") : allowedSteps.has(`${from} > ${to}`),
    "T1: no such step",
  );
  expect(from !== "merged", "T1: merged is final");
  expect(after.version === before.version + 1, "T6: version rises by one");
  expect(after.id === before.id && after.domain === before.domain, "T8: an id and its domain stay");
  expect(after.rework === before.rework && after.createdAt === before.createdAt, "T4: its place in the chain stays");

  if (before.status.state === "blocked" && after.status.state === "blocked") {
    const kept = after.status.causes;
    for (const cause of before.status.causes.filter(isFinal))
      expect(
        kept.some((one) => one.kind === cause.kind && one.ref === cause.ref),
        "T2: superseded and withdrawn never clear",
      );
  }
  if (before.status.state === "blocked" && after.status.state !== "blocked")
    expect(!before.status.causes.some(isFinal), "T2: superseded and withdrawn never clear");

  const attempts = ["claim", "take-over", "revalidate"].includes(event.kind) ? 1 : 0;
  expect(after.epoch === before.epoch + attempts, "T5: each attempt has its epoch, and nothing else has");
  if (event.kind === "hand-in" || event.kind === "replace-work")
    expect(after.work?.epoch === before.epoch && after.verdict === undefined, "T5: what an old epoch hands in is refused");
  else expect(JSON.stringify(after.work) === JSON.stringify(before.work), "T5: work is handed in, not made up");
  if (event.kind === "verdict") expect(event.verdict.commit === before.work?.commit, "T4: a verdict is for exactly the work");
  else if (after.verdict !== undefined)
    expect(JSON.stringify(after.verdict) === JSON.stringify(before.verdict), "T4: a verdict is recorded");
  if (before.verdict?.outcome === "pass" && after.verdict === undefined)
    expect(after.work?.commit !== before.work?.commit || event.kind === "replace-work", "T4: a pass is not forgotten while its work stays");
  if (to === "merged")
    expect(before.verdict?.outcome === "pass" && before.verdict.commit === before.work?.commit, "T1: it lands on a passing verdict");
  if (event.kind !== "edit") expect(frozenPart(before) === frozenPart(after), "T9: only an edit of a draft changes what it says");
  return problems;
}

function frozenPart(ticket: Ticket): string {
  const { status: _s, version: _v, epoch: _e, work: _w, verdict: _vd, successor: _su, ...frozen } = ticket;
  return JSON.stringify(frozen);
}
