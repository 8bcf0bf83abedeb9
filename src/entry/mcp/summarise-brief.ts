import { z } from "zod";
import type { ShownBrief } from "../../app/show-briefs.ts";
import { clip } from "./write-answer.ts";

/** A brief as a model is told of it. */
export const Brief = z.object({
  domain: z.string(),
  at: z.string(),
  ageMinutes: z.int(),
  fresh: z.boolean(),
  stale: z.string().optional().describe("why it does not stand any more"),
  facts: z.array(z.object({ kind: z.string(), text: z.string(), at: z.string().optional() })),
  factsLeft: z.int().describe("less weighty ones that are not shown"),
  questions: z.array(z.string()),
});

export function summariseBrief(brief: ShownBrief, factsMax: number): z.infer<typeof Brief> {
  const { domain, at, ageMs, fresh, stale, facts, decisions } = brief;
  const weighty = facts.toSorted((a, b) => b.score - a.score).slice(0, factsMax);
  return {
    domain,
    at,
    ageMinutes: Math.max(0, Math.round(ageMs / 60_000)),
    fresh,
    ...(stale === undefined ? {} : { stale: clip(stale, 200) }),
    facts: weighty.map(({ kind, text, evidence: [first] }) => ({
      kind,
      text: clip(text, 160),
      ...(first === undefined ? {} : { at: `${clip(first.path, 120)}:${first.line}` }),
    })),
    factsLeft: facts.length - weighty.length,
    questions: decisions.slice(0, 5).map(({ question }) => clip(question, 160)),
  };
}
