import { z } from "zod";
import { listRelayedQuestions, relayAnswers } from "../../../app/relay-session.ts";
import { defineTool } from "../mcp-tool.ts";
import { readAnswer } from "./put-question.ts";

const Named = z.object({ domain: z.string(), decision: z.string() });

export const decideTool = defineTool({
  name: "decide",
  title: "Record the operator's answers",
  description:
    "Records what the operator answered, and nothing else: never an answer of your own. `option` is an option's id or the label that was " +
    "chosen; or defer (Later), skip (not asked again while it is the same), or other with the operator's own words in `note`. Kept as " +
    "relayed: the first answer to a question stands, and sealed domains are out of reach.",
  input: z.object({
    answers: z
      .array(
        z.object({
          domain: z.string().min(1).max(64),
          decision: z.string().min(1).max(300),
          option: z.string().min(1).max(200),
          note: z.string().max(2000).optional(),
        }),
      )
      .min(1)
      .max(20),
  }),
  output: z.object({
    kept: z.array(Named.extend({ answer: z.string(), option: z.string().optional() })),
    stood: z.array(Named).describe("answered before: that answer stands"),
    open: z.int(),
    next: z.string(),
  }),
  readOnly: false,
  async run({ world }, { answers }) {
    const { questions } = await listRelayedQuestions(world);
    const read = answers.map(({ note, ...answer }) => {
      const question = questions.find(({ domain, candidate }) => domain === answer.domain && candidate.key === answer.decision);
      const option = question === undefined ? answer.option : readAnswer(question.candidate, answer.option);
      return { ...answer, option, ...(note === undefined ? {} : { note }) };
    });
    const { kept, stood, open } = await relayAnswers(world, { answers: read });
    return {
      kept: kept.map(({ domain, decision, answer }) => ({
        domain,
        decision,
        answer: answer.kind,
        ...(answer.kind === "chosen" ? { option: answer.option } : {}),
      })),
      stood: [...stood],
      open,
      next: open > 0 ? "list_questions" : "run_session",
    };
  },
});
