import type { DecisionCandidate } from "../../../contract/brief.ts";
import type { Domain } from "../../../contract/config.ts";
import type { Decision } from "../../../contract/decision.ts";
import { describePlan } from "../../../core/decision/describe-plan.ts";
import { clip } from "../write-answer.ts";

/** What Claude Code's AskUserQuestion takes: 2 to 4 options, a header of 12 characters, at most 4 questions a call. */
export interface AskedQuestion {
  readonly question: string;
  readonly header: string;
  readonly multiSelect: false;
  readonly options: { label: string; description: string }[];
}

export const questionsPerCall = 4;
const optionsMax = 4;
const headerMax = 12;
const recommended = " (Recommended)";
const later = { label: "Later", description: "Asked again when this domain is next briefed" };

/**
 * A decision as one question, or as two where it has more options than fit: then the last option of the first leads to
 * the second, and nothing is left out. The recommended option stands first.
 */
export function putQuestion(decision: Decision, domain: Pick<Domain, "name" | "prefix">): AskedQuestion[] {
  const { candidate } = decision;
  const header = domain.name.length <= headerMax ? domain.name : domain.prefix;
  const question = `${domain.name}: ${clip(candidate.question, 240)}`;
  const labels = labelOptions(candidate);
  const options = candidate.options.map((option, index) => ({
    label: labels[index] ?? option.id,
    description: [
      clip(option.detail, 120) || describeWork(option.tickets.length),
      ...describePlan(candidate, option).map((line) => clip(line, 200)),
    ]
      .join(" · ")
      .slice(0, 500),
  }));
  const ask = (text: string, some: AskedQuestion["options"]) => ({ question: text, header, multiSelect: false as const, options: some });
  if (options.length < optionsMax) return [ask(question, [...options, later])];
  if (options.length === optionsMax) return [ask(question, options)];
  const first = options.slice(0, optionsMax - 1);
  const rest = options.slice(optionsMax - 1);
  const more = {
    label: `Show the other ${rest.length}`,
    description: rest
      .map(({ label }) => label)
      .join("; ")
      .slice(0, 300),
  };
  return [ask(question, [...first, more]), ask(`${question} (the other options)`, [...rest, later])];
}

/** The option that an answer means: its id, its label as it was put, or a word that answers any question. */
export function readAnswer(candidate: DecisionCandidate, given: string): string {
  const wanted = fold(given);
  const index = labelOptions(candidate).findIndex((label) => fold(label) === wanted);
  const byLabel = candidate.options[index]?.id;
  if (candidate.options.some(({ id }) => id === given)) return given;
  return byLabel ?? (wanted === fold(later.label) ? "defer" : given);
}

/** Each label tells its option from the others: where two read alike, the id is added. */
function labelOptions(candidate: DecisionCandidate): string[] {
  const plain = candidate.options.map(({ id, label }) => clip(label, 80) || id);
  return plain.map((label, index) => {
    const alike = plain.filter((other) => fold(other) === fold(label)).length > 1 || fold(label) === fold(later.label);
    return `${alike ? `${label} [${candidate.options[index]?.id}]` : label}${index === 0 ? recommended : ""}`;
  });
}

function fold(text: string): string {
  const plain = text.trim();
  return (plain.toLowerCase().endsWith(recommended.toLowerCase()) ? plain.slice(0, -recommended.length) : plain).toLowerCase();
}

function describeWork(tickets: number): string {
  if (tickets === 0) return "No ticket";
  return tickets === 1 ? "One ticket" : `${tickets} tickets`;
}
