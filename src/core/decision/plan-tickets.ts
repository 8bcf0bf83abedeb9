import type { PlannedTicket } from "../../contract/brief.ts";
import type { Decision } from "../../contract/decision.ts";
import { MosError } from "../../contract/error.ts";
import { type Ticket, type TicketDraft, TicketDraft as TicketDraftSchema } from "../../contract/ticket.ts";
import { findNamed, splitName } from "./find-named.ts";
import { findServing } from "./find-serving.ts";

/** One ticket to be filed. */
export interface PlanItem {
  /** `<decision key>#<ticket key>`. */
  readonly key: string;
  readonly decision: Decision;
  readonly option: string;
  readonly draft: TicketDraft;
  /** Not approved: filed as a draft, because an approved one waits for it. */
  readonly approved: boolean;
  /** A draft of an earlier session to be used again. */
  readonly reuse?: string;
  /** Keys of items of this plan that must land first. */
  readonly after: readonly string[];
  /** Tickets that are there already and must land first. */
  readonly dependsOn: readonly string[];
}

/**
 * What the answered decisions of one domain and session come to: tickets to file, each after those it waits for (S14).
 * Decisions that are planned already give none. A deferred or skipped one gives its recommended option's tickets, not
 * approved, where an approved ticket waits for them (S15). Throws `plan-cycle`.
 *
 * @param decisions  of this session and domain
 * @param earlier  of this domain's other sessions, oldest first
 */
export function planTickets(args: {
  decisions: readonly Decision[];
  earlier: readonly Decision[];
  tickets: readonly Ticket[];
}): PlanItem[] {
  const items = new Map<string, PlanItem>();
  const visiting: string[] = [];

  const visitTicket = (decision: Decision, choice: Choice, planned: PlannedTicket): string => {
    const key = `${decision.candidate.key}#${planned.key}`;
    if (items.has(key)) return key;
    if (visiting.includes(key)) throw refuseCycle([...visiting.slice(visiting.indexOf(key)), key], decision);
    visiting.push(key);
    const before = [...planned.after, ...decision.candidate.dependsOn].map((name) => resolve(name, decision, choice, planned));
    visiting.pop();
    const reuse = findDraft({ decision, choice, planned, ...args });
    items.set(key, {
      key,
      decision,
      option: choice.option,
      draft: planned.draft,
      approved: choice.approved,
      ...(reuse === undefined ? {} : { reuse }),
      after: [...new Set(before.flatMap((found) => found.after))],
      dependsOn: [...new Set(before.flatMap((found) => found.dependsOn))],
    });
    return key;
  };

  const resolve = (name: string, decision: Decision, choice: Choice, planned: PlannedTicket): Before => {
    const sibling = choice.tickets.find((ticket) => ticket.key === name && ticket !== planned);
    if (sibling !== undefined) return { after: [visitTicket(decision, choice, sibling)], dependsOn: [] };
    const [decisionKey, ticketKey] = splitName(name);
    const found = findNamed(decisionKey, planned.draft.repo, args.decisions, readCandidate).filter((other) => other !== decision);
    if (found.length === 0) return { after: [], dependsOn: findServing(decisionKey, args.tickets) };
    const befores = found.map((other): Before => {
      const otherChoice = readChoice(other);
      const wanted = otherChoice.tickets.filter((ticket) => ticketKey === undefined || ticket.key === ticketKey);
      // All of an undecided option or none: its drafts are found again by their place in it.
      if (other.planned === undefined && !otherChoice.approved)
        for (const ticket of otherChoice.tickets) visitTicket(other, otherChoice, ticket);
      if (other.planned === undefined) return { after: wanted.map((ticket) => visitTicket(other, otherChoice, ticket)), dependsOn: [] };
      const ids = wanted.map((ticket) => other.planned?.[otherChoice.tickets.indexOf(ticket)]);
      return { after: [], dependsOn: ids.filter((id) => id !== undefined) };
    });
    return { after: befores.flatMap((before) => before.after), dependsOn: befores.flatMap((before) => before.dependsOn) };
  };

  for (const decision of args.decisions) {
    const choice = readChoice(decision);
    if (choice.approved && decision.planned === undefined) for (const ticket of choice.tickets) visitTicket(decision, choice, ticket);
  }
  return [...items.values()];
}

interface Before {
  readonly after: readonly string[];
  readonly dependsOn: readonly string[];
}

/** What a decision's answer comes to. An unapproved one stands for its recommended option. */
export interface Choice {
  readonly option: string;
  readonly approved: boolean;
  readonly tickets: readonly PlannedTicket[];
}

/** The option that an answer means, with its tickets. What the operator wrote instead becomes a ticket of those words. */
export function readChoice(decision: Decision): Choice {
  const { answer, candidate } = decision;
  if (answer.kind === "other") return { option: "other", approved: true, tickets: [writeOther(decision, answer.text)] };
  const chosen = answer.kind === "chosen" ? candidate.options.find((option) => option.id === answer.option) : undefined;
  const option = chosen ?? candidate.options[0];
  return { option: option?.id ?? "", approved: chosen !== undefined, tickets: option?.tickets ?? [] };
}

/** Neither an option nor words of the operator's own: asked again, and its drafts wait for that. */
export function isUndecided(answer: Decision["answer"]): boolean {
  return answer.kind === "open" || answer.kind === "deferred" || answer.kind === "skipped";
}

function writeOther({ candidate, domain }: Decision, text: string): PlannedTicket {
  const model = candidate.options.flatMap((option) => option.tickets)[0]?.draft;
  const title = (text.trim().split("\n")[0] ?? "").slice(0, 200) || candidate.question.slice(0, 200);
  const body = `${text}\n\nIn answer to: ${candidate.question}`;
  return {
    key: "other",
    after: [],
    draft: TicketDraftSchema.parse({ title, body, domain, repo: model?.repo ?? "home", touches: model?.touches ?? [] }),
  };
}

function readCandidate(decision: Decision): Decision["candidate"] {
  return decision.candidate;
}

/** The draft that an earlier deferral of the same question left for this ticket. */
function findDraft(args: {
  decision: Decision;
  choice: Choice;
  planned: PlannedTicket;
  earlier: readonly Decision[];
  tickets: readonly Ticket[];
}): string | undefined {
  const before = args.earlier.filter(({ candidate, answer }) => candidate.key === args.decision.candidate.key && isUndecided(answer));
  for (const decision of [args.decision, ...before.reverse()]) {
    const left = readChoice(decision);
    const index = left.option === args.choice.option ? left.tickets.findIndex((ticket) => ticket.key === args.planned.key) : -1;
    const id = index < 0 ? undefined : decision.planned?.[index];
    if (id !== undefined && args.tickets.some((ticket) => ticket.id === id && ticket.status.state === "draft")) return id;
  }
  return undefined;
}

function refuseCycle(keys: readonly string[], { domain }: Decision): MosError {
  return new MosError({
    code: "plan-cycle",
    message: `${domain}: these tickets would wait for each other: ${keys.join(" → ")}`,
    hint: "Correct `after` in the playbooks that offer them, and start again.",
  });
}
