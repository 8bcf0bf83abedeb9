import type { DecisionCandidate, Evidence, Fact } from "../../contract/brief.ts";
import type { Decision } from "../../contract/decision.ts";
import type { Ticket } from "../../contract/ticket.ts";
import type { RoleInput } from "../../port/roles.ts";
import { isOpen } from "../decision/find-serving.ts";
import { isWikiPath } from "../knowledge/find-places.ts";
import { canonicalJson } from "../log/canonical-json.ts";
import { chooseWords } from "../search/choose-words.ts";

const factsMax = 150;
const ticketsMax = 100;
const questionsMax = 20;

/** The deterministic part of a brief: what rules found. */
export interface RuleFindings {
  readonly facts: readonly Fact[];
  readonly decisions: readonly DecisionCandidate[];
}

/**
 * What a scout is told (S22): who and where it is, in our words; then, as data, what rules found, DOMAIN.md, the tickets that
 * are open and the questions that were put before.
 *
 * @param today  the operator's local day; that it passes is no news by itself
 * @param earlier  this domain's decisions, oldest first
 */
export function writeScoutInput(args: {
  domain: string;
  today: string;
  tree: { repo: string; branch: string; commit: string };
  otherRepos: readonly string[];
  executor: string | undefined;
  verifier: string | undefined;
  found: RuleFindings;
  guide: string | undefined;
  tickets: readonly Ticket[];
  earlier: readonly Decision[];
}): RoleInput[] {
  const { found, guide } = args;
  const asked = args.earlier.filter(({ candidate }) => candidate.judged !== undefined).slice(-questionsMax);
  const open = args.tickets.filter(isOpen).slice(0, ticketsMax);
  const recalled = found.facts
    .slice(0, factsMax)
    .flatMap(({ evidence }) => evidence.filter(({ path }) => isWikiPath(path)).map(({ quote }) => quote));
  const parts: [string, string, (readonly string[])?][] = [
    [
      "What Master OS found by itself",
      [...found.facts.slice(0, factsMax).map(writeFact), ...found.decisions.map(writeQuestion)].join("\n"),
      recalled,
    ],
    ["DOMAIN.md", guide ?? ""],
    ["Tickets that are open", open.map(({ id, title, repo, touches }) => `- ${id} (${repo}) ${title}: ${touches.join(", ")}`).join("\n")],
    ["Questions that you raised before", asked.map(writeAsked).join("\n")],
  ];
  return [
    { title: "Your task", text: writeTask(args), trust: "operator" },
    ...parts.flatMap(([title, text, wiki = []]): RoleInput[] =>
      text.trim() === "" ? [] : [{ title, text, trust: "untrusted", ...(wiki.length === 0 ? {} : { recalled: wiki }) }],
    ),
  ];
}

const wordsShare = 12;

/**
 * What the wiki is asked for a scout: words of what is to be decided, of threads, of open tickets and of what changed. Each
 * kind has its share of the words, so that a long list of changes leaves room for what is due.
 */
export function writeScoutQuestion({ found, tickets }: { found: RuleFindings; tickets: readonly Ticket[] }): string {
  const { facts, decisions } = found;
  const ofKind = (kind: Fact["kind"]) => facts.filter((fact) => fact.kind === kind).map(({ text }) => text);
  const kinds = [
    decisions.map(({ question }) => question),
    ofKind("thread"),
    tickets.filter(isOpen).map(({ title }) => title),
    ofKind("change"),
  ];
  return kinds.map((texts) => chooseWords(texts.slice(0, questionsMax).join(" ")).slice(0, wordsShare).join(" ")).join(" ");
}

/**
 * The canonical text of what rules found, for telling whether a model would be told anything new: what only the passing of a day
 * words anew, and what changed since the last brief (its heads say that), are left out.
 */
export function listTold({ facts, decisions }: RuleFindings): string {
  const told = facts
    .filter(({ kind, judged }) => kind !== "change" && judged === undefined)
    .map(({ kind, text, evidence }) => (evidence.length === 0 ? { kind, text } : { kind, at: evidence.map(placeOf) }));
  const asked = decisions.filter(({ judged }) => judged === undefined).map(({ key, options }) => [key, ...options.map(({ id }) => id)]);
  return canonicalJson([...new Set([...told, ...asked].map((item) => canonicalJson(item)))].sort());
}

function placeOf({ repo, path, quote }: Evidence) {
  return { repo, path, quote };
}

function writeTask(args: Parameters<typeof writeScoutInput>[0]): string {
  const { domain, today, tree, otherRepos, executor, verifier } = args;
  return [
    `Judge the domain ${domain}. Today is ${today}.`,
    `The tree before you is its repository "${tree.repo}", branch ${tree.branch}, at commit ${tree.commit}.`,
    ...(otherRepos.length === 0 ? [] : [`You do not see its other repositories: ${otherRepos.join(", ")}.`]),
    `In evidence and in tickets "repo" is "${tree.repo}".`,
    executor === undefined
      ? "No agent is set up here that could do a ticket: those of an option are filed as drafts, for the person."
      : "Tickets are done by an agent that sees this tree, and the ticket's own words.",
    verifier === undefined
      ? "Nobody but commands judges a ticket: each acceptance point needs a `run` that fails until the point holds."
      : "At least one acceptance point of a ticket needs a `run` that fails until the point holds.",
    "A ticket may not touch wiki/. In `after`, name tickets of the same option, or a question of this domain by its key.",
  ].join("\n");
}

function writeFact({ kind, text, evidence }: Fact): string {
  return [`- ${kind}: ${text}`, ...evidence.slice(0, 5).map(writePlace)].join("\n");
}

function writeQuestion({ key, question, options, evidence }: DecisionCandidate): string {
  return [
    `- asked already, key ${key}: ${question} (${options.map(({ label }) => label).join("; ")})`,
    ...evidence.slice(0, 3).map(writePlace),
  ].join("\n");
}

function writePlace({ repo, path, line, quote }: Evidence): string {
  return `    ${repo === "home" ? "" : `${repo}: `}${path}:${line}: ${quote.trim()}`;
}

function writeAsked({ candidate, answer, refused = [] }: Decision): string {
  const key = candidate.key.split(/[:/]/).at(-1) ?? "";
  const answered = `- key ${key}: ${candidate.question} (${answer.kind === "chosen" ? `chosen: ${answer.option}` : answer.kind})`;
  return [answered, ...refused.slice(0, 5).map((why) => `    could not be planned: ${why}`)].join("\n");
}
