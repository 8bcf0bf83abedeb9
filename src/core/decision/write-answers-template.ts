import type { Decision } from "../../contract/decision.ts";
import { countOf } from "../text/count-of.ts";
import { answerYes } from "./answer-from-file.ts";
import { describePlan } from "./describe-plan.ts";

/**
 * An answers file with every open question: what `--yes` would answer is filled in, what asks for judgement is
 * deferred, and the options stand above each as comments. It can be given back as it is.
 */
export function writeAnswersTemplate(open: readonly Decision[]): string {
  const head = [
    "# Answers for: mos start --answers FILE",
    "# option: the id of an option, or recommended, defer, skip, or other (then say what in note).",
    "# Questions that are not named here get the default: recommended or defer.",
    "default: defer",
  ];
  if (open.length === 0) return `${[...head, "# No question is open.", "answers: []"].join("\n")}\n`;
  return `${[...head, "answers:", ...open.flatMap(writeEntry)].join("\n")}\n`;
}

function writeEntry(decision: Decision): string[] {
  const { candidate, domain } = decision;
  const answer = answerYes(decision);
  const width = Math.max(...candidate.options.map((option) => option.id.length));
  const options = candidate.options.flatMap((option, index) => {
    const { id, label, tickets } = option;
    const work = tickets.length === 0 ? "no ticket" : countOf(tickets.length, "ticket");
    const plan = describePlan(candidate, option).map((line) => comment(`      ${line}`));
    return [comment(`    ${id.padEnd(width)}  ${label} (${index === 0 ? "recommended, " : ""}${work})`), ...plan];
  });
  const places = candidate.evidence.slice(0, 3).map((item) => comment(`  ${item.path}:${item.line}: ${item.quote.trim()}`));
  return [
    "",
    comment(`${domain}: ${candidate.question}`),
    ...(candidate.why === "" ? [] : [comment(`  ${candidate.why}`)]),
    ...places,
    ...options,
    `  - domain: ${domain}`,
    `    decision: ${JSON.stringify(candidate.key)}`,
    `    option: ${answer.kind === "chosen" ? answer.option : "defer"}`,
  ];
}

/** Text of repositories: one line, so that it stays a comment, and nothing that steers a terminal. */
function comment(text: string): string {
  return `  # ${text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ").slice(0, 200)}`.trimEnd();
}
