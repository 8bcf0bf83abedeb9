import type { Answer } from "../../contract/decision.ts";
import { MosError } from "../../contract/error.ts";
import { describePlan } from "../../core/decision/describe-plan.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { Interviewer, Question } from "../../stage/interview/interviewer.ts";
import type { CommandContext } from "./command-context.ts";
import { stripControl } from "./show/strip-control.ts";

const planChars = 300;
const instead = "--yes, --answers FILE or --answers-template FILE";

/** The operator's own terminal: multiple choice, the recommended option first; Ctrl-C breaks off and keeps what was said. */
export function createTerminalInterviewer(context: Pick<CommandContext, "ask" | "say" | "interactive">): Interviewer {
  return {
    authority: "operator",
    mayAnswerSealed: true,
    answer: async (question) => {
      try {
        if (context.interactive) context.say(describeQuestion(question));
        return await askQuestion(context.ask, question);
      } catch (error) {
        if (error instanceof MosError && error.code === "interrupted") return undefined;
        throw error;
      }
    },
  };
}

async function askQuestion(ask: CommandContext["ask"], { decision }: Question): Promise<Answer> {
  const { candidate } = decision;
  const chosen = await ask.select<Answer["kind"] | { option: string }>({
    question: oneLine(candidate.question),
    instead,
    choices: [
      ...candidate.options.map((option, index) => ({
        value: { option: option.id },
        label: `${oneLine(option.label)}${index === 0 ? " (recommended)" : ""}`,
        hint: oneLine(option.detail) || describeWork(option.tickets.length),
      })),
      { value: "other" as const, label: "Something else", hint: "say what; it becomes a draft" },
      { value: "skipped" as const, label: "Skip", hint: "not asked again while it is the same" },
      { value: "deferred" as const, label: "Later", hint: "asked again when this domain is next scouted" },
    ],
  });
  if (typeof chosen === "object") return { kind: "chosen", option: chosen.option };
  if (chosen !== "other") return { kind: chosen === "skipped" ? "skipped" : "deferred" };
  const text = (await ask.text({ question: "What instead?", instead })).trim();
  return text === "" ? { kind: "deferred" } : { kind: "other", text };
}

/** Where the question comes from, above it: the place in the session, why, the lines that it rests on, what a model's options file. */
function describeQuestion({ decision, number, total }: Question): string {
  const { candidate, domain } = decision;
  const by = candidate.judged === undefined ? [] : ["  raised by a model, whose lines were looked up"];
  const why = candidate.why === "" ? [] : [`  ${oneLine(candidate.why)}`];
  const places = candidate.evidence.slice(0, 4).map((item) => {
    const repo = item.repo === "home" ? "" : `${item.repo}:`;
    return `  ${repo}${oneLine(item.path)}:${item.line}  ${oneLine(item.quote).slice(0, 100)}`;
  });
  const more = candidate.evidence.length > 4 ? [`  and ${countOf(candidate.evidence.length - 4, "more place")}`] : [];
  const plans = candidate.options.flatMap((option) =>
    describePlan(candidate, option).map((line) => `  ${oneLine(option.label)}: ${oneLine(line).slice(0, planChars)}`),
  );
  return stripControl(["", `${domain} · ${number} of ${total}`, ...by, ...why, ...places, ...more, ...plans].join("\n"));
}

function describeWork(tickets: number): string {
  if (tickets === 0) return "no ticket";
  return tickets === 1 ? "one ticket" : `${tickets} tickets`;
}

function oneLine(text: string): string {
  return stripControl(text).replace(/\s+/g, " ").trim();
}
