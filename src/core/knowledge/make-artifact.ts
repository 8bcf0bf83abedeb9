import type { Decision } from "../../contract/decision.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import type { Receipt, Report, Session, Verdict } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { flattenText, markInvisible } from "./normalise-text.ts";

const fieldMax = 800;
const pathsMax = 3;
const findingsMax = 3;
const answersMax = 5;

/** What a ticket met on its way, for what is worth knowing after it landed. */
export interface Journey {
  /** Points of failed verdicts of the tickets that it followed, oldest first. */
  readonly findings: readonly { readonly ticket: string; readonly point: string; readonly evidence: string }[];
  /** What the operator answered to a question that held it up. */
  readonly answers: readonly { readonly at: string; readonly question: string; readonly answer: string }[];
}

/**
 * All that is kept of a merged ticket, a line each, with typed trailers (`Decision:`, `Learned:`, `Changed:`,
 * `Supersedes:`). Words of agents are flattened, so that none of them can make a line, and so a trailer, of its own.
 * Nothing for one that is not merged, and for the librarian's: distillation does not feed itself (K2).
 */
export function makeTicketArtifact(args: {
  ticket: Ticket;
  report?: Report | undefined;
  verdict?: Verdict | undefined;
  journey?: Journey;
  /** Without one, the moment it is kept counts as its landing. */
  receipt?: Receipt | undefined;
  at: string;
}): Artifact | undefined {
  const { ticket, report, verdict, journey, receipt, at } = args;
  const landedAt = receipt?.landedAt ?? at;
  if (ticket.status.state !== "merged" || ticket.role !== "executor") return undefined;
  const { commit } = ticket.status;
  const lines = [
    `# ${ticket.id}: ${shorten(ticket.title)}`,
    `Landed: ${commit}`,
    ...labelled("Asked", [ticket.body]),
    ...labelled("Reported", [report?.summary ?? ""]),
    ...labelled("Decision", report?.decided ?? []),
    ...labelled("Learned", splitSupersedes(report?.learned ?? [])),
    ...labelled("Left", report?.left ?? []),
    ...(journey ? describeJourney(journey, landedAt) : []),
    ...(isNote(report)
      ? []
      : [`Changed: ${dayOf(landedAt)}: ${shorten(ticket.title)}${describePaths(ticket.title, report?.changed ?? [])}`]),
    ...(verdict ? [`Verdict: ${verdict.outcome}`, ...labelled("Point", verdict.points.map(describePoint))] : []),
    ...(receipt ? labelled("Receipt", [describeReceipt(receipt)]) : []),
  ];
  const since = receipt === undefined ? {} : { since: receipt.landedAt };
  const text = `${lines.join("\n")}\n`;
  return { id: `ticket:${ticket.id}`, domain: ticket.domain, kind: "ticket", source: ticket.id, at, ...since, commit, text };
}

/** One session as one domain saw it: what was decided, landed, blocked and put off. Nothing happened: nothing. */
export function makeSessionArtifact(args: {
  session: Session;
  domain: string;
  decisions: readonly Decision[];
  tickets: readonly Ticket[];
  at: string;
}): Artifact | undefined {
  const { session, domain, at } = args;
  const decisions = args.decisions.filter((one) => one.domain === domain && one.session === session.id);
  const tickets = args.tickets.filter((one) => one.domain === domain && one.role === "executor" && one.provenance.session === session.id);
  if (decisions.length === 0 && tickets.length === 0) return undefined;
  const lines = [
    `# Session ${session.id}: ${domain}`,
    `Began: ${session.startedAt}`,
    ...decisions.flatMap((decision) => describeDecision(decision, dayOf(decision.answeredAt ?? session.startedAt))),
    ...tickets.flatMap(describeTicket),
  ];
  return { id: `session:${session.id}:${domain}`, domain, kind: "session", source: session.id, at, text: `${lines.join("\n")}\n` };
}

function describeDecision({ candidate, answer, authority }: Decision, day: string): string[] {
  const question = shorten(candidate.question);
  switch (answer.kind) {
    case "chosen": {
      const label = shorten(candidate.options.find((option) => option.id === answer.option)?.label ?? answer.option);
      return [`Decision: ${day}: ${label} (asked: ${question})`, ...labelled("Note", [answer.note ?? ""]), `By: ${authority}`];
    }
    case "other":
      return [`Decision: ${day}: ${shorten(answer.text)} (asked: ${question})`, `By: ${authority}`];
    case "deferred":
      return [`Deferred: ${question}`];
    case "skipped":
      return [`Skipped: ${question}`];
    case "open":
      return [`Open: ${question}`];
  }
}

function describeTicket({ id, title, status }: Ticket): string[] {
  const name = `${id} ${shorten(title)}`;
  if (status.state === "merged") return [`Merged: ${name}`];
  if (status.state === "blocked")
    return [`Blocked: ${name}: ${shorten(status.causes.map((cause) => cause.clears || cause.kind).join("; "))}`];
  return [`Unfinished: ${name} (${status.state})`];
}

/** A ticket that changes notes alone: what they say is an artifact of its own. */
function isNote(report: Report | undefined): boolean {
  return report !== undefined && report.changed.length > 0 && report.changed.every((path) => path.startsWith("notes/"));
}

/** An executor may write what it learned as two sentences: `new fact. Supersedes: old fact`. */
function splitSupersedes(learned: readonly string[]): string[] {
  return learned.flatMap((text) => flattenText(markInvisible(text)).split(/\s(?=Supersedes: )/));
}

function labelled(label: string, values: readonly string[]): string[] {
  return values.flatMap((value) => {
    const text = shorten(value);
    if (text === "") return [];
    return [text.startsWith("Supersedes: ") && label === "Learned" ? text : `${label}: ${text}`];
  });
}

/**
 * A question that the operator answered is a decision; a point that failed and was mended is a finding. A block by a
 * dependency, a check, a crash or the like is how work goes, and says nothing of the domain.
 */
function describeJourney({ findings, answers }: Journey, landedAt: string): string[] {
  return [
    ...answers
      .slice(-answersMax)
      .map(
        ({ at, question, answer }) =>
          `Decision: ${dayOf(at)}: ${shorten(answer)}${question.trim() === "" ? "" : ` (asked: ${shorten(question)})`}`,
      ),
    ...findings
      .slice(-findingsMax)
      .map(
        ({ ticket, point, evidence }) =>
          `Finding: ${dayOf(landedAt)}: ${ticket} was not accepted at first: ${shorten(`${point}: ${evidence}`)}`,
      ),
  ];
}

/** What its landing was tested by, and what the doctor said then. */
function describeReceipt({ commit, base, checks, doctor, landedAt }: Receipt): string {
  const ran = checks.map(({ name, exitCode }) => `${name} ${exitCode ?? "was killed"}`).join(", ");
  return `${commit} on ${base}, landed ${landedAt}; checks: ${ran || "of the wiki alone"}; doctor: ${doctor.grade} ${doctor.passed}/${doctor.total}`;
}

function describePoint(point: Verdict["points"][number]): string {
  return `${point.pass ? "yes" : "no"}: ${point.point}`;
}

/** What happened has a day: the same done again is another fact. */
function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

/** Unless the title names them all. */
function describePaths(title: string, paths: readonly string[]): string {
  if (paths.every((path) => title.includes(path))) return "";
  const shown = paths.slice(0, pathsMax).map((path) => flattenText(path));
  return ` (${shown.join(", ")}${paths.length > pathsMax ? ` and ${paths.length - pathsMax} more` : ""})`;
}

function shorten(text: string): string {
  const flat = flattenText(markInvisible(text));
  return flat.length > fieldMax ? `${flat.slice(0, fieldMax - 3)}...` : flat;
}
