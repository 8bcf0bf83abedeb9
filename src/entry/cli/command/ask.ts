import { z } from "zod";
import { keepAnswer, tellPassages } from "../../../app/keep-answer.ts";
import { defineCommand } from "../command-row.ts";
import { describeLegs } from "../show/describe-legs.ts";
import { stripControl } from "../show/strip-control.ts";

const textMax = 300;

export const command = defineCommand({
  kind: "passages",
  input: z.strictObject({
    question: z.string().min(1),
    domain: z.string(),
    max: z.coerce.number().int().min(1).max(50).optional(),
  }),
  async run(context, { question, domain, max }) {
    const world = await context.openView();
    const { search, signal } = world;
    const data = await search.ask({ domain, question, ...(max === undefined ? {} : { max }) });
    if (context.callerIsAgent) await keepAnswer(world, { domain, told: tellPassages(data) });
    const state = await search.index({ domain, untilMs: 0, signal });
    if (state.vectors < state.passages || state.absent !== undefined) context.say(describeLegs(state));
    return { data };
  },
  render(passages, paint) {
    if (passages.length === 0) return "The wiki says nothing of it.";
    return passages
      .map(({ page, line, heading, text, citations }) => {
        const shown = text.length > textMax ? `${text.slice(0, textMax - 1)}…` : text;
        const sources = citations.map((citation) => `    ${paint.dim(citation)}`);
        return [`${paint.bold(stripControl(`${page}:${line}`))}${heading === "" ? "" : `  ${heading}`}`, `  ${shown}`, ...sources].join(
          "\n",
        );
      })
      .join("\n\n");
  },
});
