import { DecisionCandidate, type Finding, type Option, PlannedTicket } from "../../contract/brief.ts";
import type { Playbook } from "../../contract/playbook.ts";
import {
  expandCommand,
  expandPaths,
  expandText,
  ownPlaceholders,
  type PlaceholderValue,
  type PlaceholderValues,
  placeholdersIn,
} from "./expand-placeholders.ts";

/** Findings that one question speaks of, at most; the others are found again when these are mended. */
const findingsPerQuestion = 60;
const questionsMax = 20;
const evidenceMax = 20;

export interface RepositoryAtHand {
  readonly domain: string;
  /** `home`, or the attached repository's name. */
  readonly name: string;
}

type PlaybookTicket = Playbook["decide"]["options"][number]["tickets"][number];

/**
 * The questions that a playbook asks about what it found in one repository. A ticket takes the findings that fill all
 * its placeholders; one that no finding fills is not planned, an option whose tickets all fell away is not offered,
 * and where no option with work is left, nothing is asked: the findings remain facts of the brief.
 */
export function decideFromFindings(playbook: Playbook, findings: readonly Finding[], repo: RepositoryAtHand): DecisionCandidate[] {
  const own = findings.filter((finding) => finding.playbook === playbook.id && finding.repo === repo.name);
  if (own.length === 0) return [];
  const prefix = repo.name === "home" ? playbook.id : `${repo.name}/${playbook.id}`;
  const askable = own.filter((finding) => canFillSome(playbook, finding));
  const groups =
    playbook.decide.per === "all"
      ? [{ key: prefix, findings: askable.slice(0, findingsPerQuestion) }]
      : askable.slice(0, questionsMax).map((finding) => ({ key: `${prefix}:${finding.subject}`.slice(0, 200), findings: [finding] }));
  return groups.flatMap((group) => {
    const candidate = askOne(playbook, group.key, group.findings, repo);
    return candidate ? [candidate] : [];
  });
}

function canFillSome(playbook: Playbook, finding: Finding): boolean {
  const tickets = playbook.decide.options.flatMap((option) => option.tickets);
  return tickets.length === 0 || tickets.some((ticket) => fills(finding, namesOf(ticket)));
}

function askOne(playbook: Playbook, key: string, findings: readonly Finding[], repo: RepositoryAtHand): DecisionCandidate | undefined {
  if (findings.length === 0) return undefined;
  const { decide } = playbook;
  const values = gatherValues(findings, repo);
  const options = decide.options.flatMap((option): Option[] => {
    const named = [option.label, option.detail].flatMap(placeholdersIn);
    if (!named.every((name) => Object.hasOwn(values, name))) return [];
    const tickets = option.tickets.flatMap((ticket) => planTicket(ticket, findings, repo));
    if (option.tickets.length > 0 && tickets.length === 0) return [];
    const planned = new Set(tickets.map((ticket) => ticket.key));
    const kept = tickets.map((ticket) => ({
      ...ticket,
      after: ticket.after.filter((other) => planned.has(other) || !isSibling(option.tickets, other)),
    }));
    return [{ id: option.id, label: expandText(option.label, values, 120), detail: expandText(option.detail, values, 500), tickets: kept }];
  });
  const work = decide.options.some((option) => option.tickets.length > 0);
  if (options.length === 0 || (work && !options.some((option) => option.tickets.length > 0))) return undefined;
  const parsed = DecisionCandidate.safeParse({
    key,
    question: expandText(decide.question, fillMissing(decide.question, values), 300),
    why: whyOf(decide.why, findings, values),
    score: decide.score + Math.min(findings.length, 10) / 10,
    options,
    evidence: findings.flatMap((finding) => finding.evidence).slice(0, evidenceMax),
    source: "playbook",
    playbook: playbook.id,
  });
  return parsed.success ? parsed.data : undefined;
}

function isSibling(tickets: readonly PlaybookTicket[], key: string): boolean {
  return tickets.some((ticket) => ticket.key === key);
}

function planTicket(ticket: PlaybookTicket, findings: readonly Finding[], repo: RepositoryAtHand): PlannedTicket[] {
  const names = namesOf(ticket);
  const taken = findings.filter((finding) => fills(finding, names));
  if (taken.length === 0) return [];
  const values = gatherValues(taken, repo);
  const touches = [...new Set(ticket.touches.flatMap((path) => expandPaths(path, values)))];
  const parsed = PlannedTicket.safeParse({
    key: ticket.key,
    after: ticket.after,
    draft: {
      title: expandText(ticket.title, values, 200),
      domain: repo.domain,
      repo: ticket.repo === "home" ? "home" : repo.name,
      body: bodyOf(expandText(ticket.body, values, 4000), taken),
      touches,
      appends: [...new Set(ticket.appends.flatMap((path) => expandPaths(path, values)))],
      runtime: "playbook",
      role: ticket.role,
      run: ticket.run.map((command) => expandCommand(command, values)),
      accept: ticket.accept.map(({ text, run }) => ({ text: expandText(text, values, 500), run: expandCommand(run, values) })),
      priority: ticket.priority,
      ...(ticket.repairs === undefined ? {} : { repairs: ticket.repairs }),
    },
  });
  return parsed.success ? [parsed.data] : [];
}

/** The placeholders that findings must fill for this ticket. */
function namesOf(ticket: PlaybookTicket): string[] {
  const texts = [
    ticket.title,
    ticket.body,
    ...ticket.touches,
    ...ticket.appends,
    ...ticket.run,
    ...ticket.accept.flatMap(({ text, run }) => [text, run]),
  ];
  const own: readonly string[] = ownPlaceholders;
  return [...new Set(texts.flatMap(placeholdersIn))].filter((name) => !own.includes(name));
}

function fills(finding: Finding, names: readonly string[]): boolean {
  return names.every((name) => {
    const value = Object.hasOwn(finding.values, name) ? finding.values[name] : undefined;
    return value !== undefined && value.length > 0;
  });
}

/** The distinct values of all findings, in the order in which they were found. */
function gatherValues(findings: readonly Finding[], repo: RepositoryAtHand): PlaceholderValues {
  const gathered = new Map<string, Set<string>>();
  for (const finding of findings) {
    for (const [name, value] of [["subject", finding.subject] as const, ...Object.entries(finding.values)]) {
      const known = gathered.get(name) ?? new Set<string>();
      for (const text of typeof value === "string" ? [value] : value) known.add(text);
      gathered.set(name, known);
    }
  }
  const values: Record<string, PlaceholderValue> = Object.fromEntries([...gathered].map(([name, texts]) => [name, [...texts]]));
  return { ...values, count: String(findings.length), domain: repo.domain, repo: repo.name };
}

/** A question reads on without a value that none of its findings has. */
function fillMissing(text: string, values: PlaceholderValues): PlaceholderValues {
  return { ...Object.fromEntries(placeholdersIn(text).map((name) => [name, "…"])), ...values };
}

function whyOf(why: string, findings: readonly Finding[], values: PlaceholderValues): string {
  const said = findings.slice(0, 5).map((finding) => finding.text);
  const more = findings.length > said.length ? [`and ${findings.length - said.length} more`] : [];
  return [expandText(why, fillMissing(why, values), 300), [...said, ...more].join("; ")]
    .filter((text) => text !== "")
    .join(" ")
    .slice(0, 1000);
}

function bodyOf(body: string, findings: readonly Finding[]): string {
  const listed = findings.map((finding) => `- ${finding.text}`).join("\n");
  return [body, `Found:\n${listed}`]
    .filter((text) => text !== "")
    .join("\n\n")
    .slice(0, 16_000);
}
