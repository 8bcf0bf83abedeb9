import { z } from "zod";
import { keepAnswer, tellBrief } from "../../../app/keep-answer.ts";
import { listRelayedQuestions } from "../../../app/relay-session.ts";
import { listOpenDomains } from "../../../core/workspace/list-open-domains.ts";
import { defineTool } from "../mcp-tool.ts";
import { clip, fitPage } from "../write-answer.ts";
import { putQuestion, questionsPerCall } from "./put-question.ts";

const Asked = z.object({
  question: z.string(),
  header: z.string().max(12),
  multiSelect: z.literal(false),
  options: z
    .array(z.object({ label: z.string(), description: z.string() }))
    .min(2)
    .max(4),
});

export const listQuestionsTool = defineTool({
  name: "list_questions",
  title: "The next questions for the operator",
  description:
    "The next open questions, at most four, each ready for one AskUserQuestion call: give it every question's `ask[0]` as it stands. " +
    "Where `ask` has a second part, put that when the operator chose to see the other options. Tell the operator `why` and `evidence` " +
    "when they ask. Never answer in the operator's place. Record what they say with decide, then call this again until `open` is 0.",
  input: z.object({}),
  output: z.object({
    session: z.string().optional(),
    open: z.int().describe("that wait, these included"),
    questions: z
      .array(
        z.object({
          domain: z.string(),
          decision: z.string().describe("with domain, what decide takes"),
          why: z.string(),
          evidence: z.array(z.string()),
          options: z.array(z.object({ id: z.string(), label: z.string() })),
          ask: z.array(Asked).min(1).max(2),
        }),
      )
      .max(questionsPerCall),
    next: z.string(),
  }),
  readOnly: true,
  async run({ world }) {
    const { session, questions: open } = await listRelayedQuestions(world);
    for (const { domain, candidate } of open.slice(0, questionsPerCall))
      await keepAnswer(world, { domain, told: tellBrief({ facts: [], decisions: [candidate] }) });
    const domains = new Map(listOpenDomains(world.workspace).map((domain) => [domain.name, domain]));
    const questions = open.slice(0, questionsPerCall).flatMap((decision) => {
      const domain = domains.get(decision.domain);
      if (domain === undefined) return [];
      const { candidate } = decision;
      return [
        {
          domain: decision.domain,
          decision: candidate.key,
          why: clip(candidate.why, 200),
          evidence: candidate.evidence.slice(0, 2).map(({ path, line, quote }) => `${clip(path, 100)}:${line} ${clip(quote, 100)}`),
          options: candidate.options.map(({ id, label }) => ({ id, label: clip(label, 80) })),
          ask: putQuestion(decision, domain),
        },
      ];
    });
    return {
      ...(session === undefined ? {} : { session }),
      open: open.length,
      questions: fitPage(questions, 0).items,
      next: session === undefined ? "start_session" : open.length === 0 ? "run_session" : "AskUserQuestion, then decide",
    };
  },
});
