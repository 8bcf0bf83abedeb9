import { z } from "zod";
import { RepoPath } from "./id.ts";

/**
 * What each role gives, under a schema: a run without it has failed. Everything in it is untrusted text; paths and commands
 * in it are looked at before anything is done with them.
 */

/** A place that is looked up before it is believed: `quote` is what stands in `line` of `path`. */
export const ClaimedEvidence = z.strictObject({
  repo: z.string().default("home"),
  path: RepoPath,
  line: z.int().min(1),
  quote: z.string().min(1).max(500),
});
export type ClaimedEvidence = z.infer<typeof ClaimedEvidence>;

/** A ticket that an option would file. Without commands: an executor finds the way. */
export const ProposedTicket = z.strictObject({
  key: z.string().max(40).default("1"),
  after: z.array(z.string().max(200)).max(20).default([]),
  title: z.string().min(1).max(200),
  body: z.string().max(20_000).default(""),
  repo: z.string().default("home"),
  touches: z.array(RepoPath).min(1).max(50).describe("paths that it may change; they exist, or `creates` names them"),
  creates: z.array(RepoPath).max(50).default([]).describe("of the touches, those that are to be made"),
  accept: z
    .array(z.strictObject({ text: z.string().min(1).max(500), run: z.string().min(1).max(2000).optional() }))
    .min(1)
    .max(20),
});
export type ProposedTicket = z.infer<typeof ProposedTicket>;

export const ScoutOutput = z.strictObject({
  facts: z
    .array(
      z.strictObject({
        kind: z.enum(["change", "thread", "risk"]),
        text: z.string().min(1).max(1000),
        evidence: z.array(ClaimedEvidence).min(1).max(10),
      }),
    )
    .max(20),
  decisions: z
    .array(
      z.strictObject({
        key: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/),
        question: z.string().min(1).max(300),
        why: z.string().max(1000).default(""),
        /** 0 to 100; how much it matters to this domain now. */
        weight: z.number().min(0).max(100),
        evidence: z.array(ClaimedEvidence).min(1).max(10),
        options: z
          .array(
            z.strictObject({
              id: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
              label: z.string().min(1).max(120),
              detail: z.string().max(500).default(""),
              tickets: z.array(ProposedTicket).max(10).default([]),
            }),
          )
          .min(2)
          .max(4)
          .describe("the recommended one first"),
      }),
    )
    .max(5),
});
export type ScoutOutput = z.infer<typeof ScoutOutput>;

export const ExecutorOutput = z.strictObject({
  outcome: z.enum(["done", "question", "failed"]),
  summary: z.string().min(1).max(4000),
  /** With `question`: what the operator is to answer; the ticket waits for it. */
  question: z.string().min(1).max(2000).optional(),
  decided: z.array(z.string().max(500)).max(20).default([]),
  learned: z.array(z.string().max(500)).max(20).default([]),
  left: z.array(z.string().max(500)).max(20).default([]),
});
export type ExecutorOutput = z.infer<typeof ExecutorOutput>;

export const VerifierOutput = z.strictObject({
  outcome: z.enum(["pass", "fail"]),
  points: z
    .array(z.strictObject({ point: z.string().min(1).max(500), pass: z.boolean(), evidence: z.string().min(1).max(2000) }))
    .min(1)
    .max(60),
});
export type VerifierOutput = z.infer<typeof VerifierOutput>;

export const DistillerOutput = z.strictObject({
  candidates: z
    .array(
      z.strictObject({
        claim: z.string().min(1).max(1000),
        source: z.strictObject({ artifact: z.string().min(1).max(200), quote: z.string().min(1).max(2000) }),
        confidence: z.enum(["high", "medium", "low"]),
        reason: z.string().min(1).max(500),
        target: RepoPath,
      }),
    )
    .max(50),
});
export type DistillerOutput = z.infer<typeof DistillerOutput>;

export const roleOutputs = {
  scout: ScoutOutput,
  executor: ExecutorOutput,
  verifier: VerifierOutput,
  distiller: DistillerOutput,
  librarian: ExecutorOutput,
  "operator-global": ExecutorOutput,
} as const;
export type RoleOutput<R extends keyof typeof roleOutputs> = z.infer<(typeof roleOutputs)[R]>;
