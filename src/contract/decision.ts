import { z } from "zod";
import { DecisionCandidate } from "./brief.ts";
import { DomainName, Instant } from "./id.ts";

/** What became of a question. `deferred` is asked again when its domain is next scouted. */
export const Answer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("open") }),
  z.strictObject({ kind: z.literal("chosen"), option: z.string(), note: z.string().optional() }),
  z.strictObject({ kind: z.literal("other"), text: z.string().min(1) }),
  z.strictObject({ kind: z.literal("skipped") }),
  z.strictObject({ kind: z.literal("deferred") }),
]);
export type Answer = z.infer<typeof Answer>;

/** A question put to the operator in a session, and the answer. Key: `<session>/<domain>/<candidate key>`. */
export const Decision = z.strictObject({
  id: z.string(),
  session: z.string(),
  domain: DomainName,
  brief: z.string(),
  candidate: DecisionCandidate,
  answer: Answer,
  /** Who answered: `operator`, `answers-file`, `--yes`, or `relayed`. */
  authority: z.string().default("operator"),
  answeredAt: Instant.optional(),
  /** Tickets that the plan made of it; set once, in the transaction that files them. */
  planned: z.array(z.string()).optional(),
  /** Why the plan filed nothing of the option that was chosen; said in words, untrusted. */
  refused: z.array(z.string().max(1000)).max(50).optional(),
  version: z.int().min(1),
});
export type Decision = z.infer<typeof Decision>;

/** An answers file. */
export const AnswersFile = z.strictObject({
  default: z.enum(["recommended", "defer"]).default("defer"),
  answers: z
    .array(
      z.strictObject({
        domain: DomainName,
        decision: z.string().min(1),
        /** An option's id, or `recommended`, `defer`, `skip`, `other` (with the text in `note`). */
        option: z.string().min(1),
        note: z.string().optional(),
      }),
    )
    .default([]),
});
export type AnswersFile = z.infer<typeof AnswersFile>;
